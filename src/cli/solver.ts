import { anew } from '../domain/policy/prove/conversation.ts'
import type { Asking } from '../domain/policy/prove/conversation.ts'

export type Solver = { readonly run: <R>(asking: Asking<R>) => Promise<R>; readonly close: () => void }

/** What we use of Z3's module beside its own API. */
type Module = {
  readonly HEAPU32: Uint32Array
  readonly _malloc: (size: number) => number
  readonly async_call: (call: () => void) => Promise<string>
  readonly _async_Z3_eval_smtlib2_string: (context: unknown, text: number) => void
  readonly PThread?: { readonly terminateAllThreads?: () => void }
}

// A policy of the largest size that is read asks for some 2 MB.
const room = 8 * 1024 * 1024

/**
 * Runs searches with Z3, which is loaded here and nowhere else: it takes 35 MB on disk and some 160 MB of memory, and only
 * `diff`, `guarantee` and `check --thorough` need it. `close` ends its threads; without it the process stays.
 */
export async function openSolver(): Promise<Solver> {
  const { init } = await import('z3-solver')
  const { Z3, em } = await init()
  const module = em as unknown as Module
  // Z3's own `eval_smtlib2_string` (5.2.0) hands a text on the stack to another thread, where it is overwritten before it
  // is read. A place of our own, taken before the memory can grow, stays.
  const place = module._malloc(room)
  const text = new Uint8Array(module.HEAPU32.buffer, place, room)
  const ask = async (question: string): Promise<string> => {
    const { written } = new TextEncoder().encodeInto(question, text.subarray(0, room - 1))
    if (written < question.length) throw new RangeError('The policy is too large for the solver.')
    text[written] = 0
    return module.async_call(() => module._async_Z3_eval_smtlib2_string(context, place))
  }
  const fresh = (): ReturnType<typeof Z3.mk_context> => Z3.mk_context(Z3.mk_config())
  let context = fresh()
  return {
    run: async (asking) => {
      let said = asking.next()
      while (said.done !== true) {
        if (said.value.startsWith(anew)) {
          Z3.del_context(context)
          context = fresh()
        }
        said = asking.next(await ask(said.value))
      }
      return said.value
    },
    close: () => {
      Z3.del_context(context)
      module.PThread?.terminateAllThreads?.()
    },
  }
}
