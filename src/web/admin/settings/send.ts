import { useMutation } from '@tanstack/react-query'
import { isProblem, post } from '../api.ts'
import { client } from '../queries.ts'

type Ask = (again: (given: boolean) => void) => void
let ask: Ask | undefined

/** The settings area says here how it asks somebody to prove again who they are. */
export function askBy(how: Ask | undefined): void {
  ask = how
}

/** Does something. Where the server wants to know again who is there, it is asked, and the same is sent once more. */
export async function send<T>(path: string, body: unknown = {}): Promise<T> {
  try {
    return await post<T>(path, body)
  } catch (error) {
    const again = ask
    if (!isProblem(error) || error.code !== 'step_up_needed' || !again) throw error
    if (!(await new Promise<boolean>((done) => again(done)))) throw error
    return post<T>(path, body)
  }
}

/** A deed of a page of the settings: what it shows is fetched again afterwards. */
export function useSend<T = unknown>(then?: (answer: T) => void) {
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body?: unknown }) => send<T>(path, body),
    onSuccess: async (answer) => {
      await client.invalidateQueries({ queryKey: ['settings'] })
      then?.(answer)
    },
  })
}
