import { useParams, useRouter } from '@tanstack/react-router'
import { RequestView } from '../request/RequestView.tsx'
import { useKeys } from '../keys.ts'

/** A request as a page of its own, to be pasted to a colleague. */
export function RequestScreen() {
  const { id } = useParams({ from: '/staff/requests/$id' })
  const router = useRouter()
  useKeys({ Escape: () => router.history.back() })
  return <RequestView id={id} onDecided={() => undefined} />
}
