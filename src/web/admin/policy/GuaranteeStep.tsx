import { useQuery } from '@tanstack/react-query'
import type { GuaranteeProof } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Step } from './Step.tsx'

const words = {
  kept: { state: 'done', said: 'holds, whatever the facts' },
  broken: { state: 'wrong', said: 'does not hold' },
  unproven: { state: 'open', said: 'could not be proven in time' },
} as const

/** The file's own guarantees: proven, or broken by a case. Nothing is published while one is broken. */
export function GuaranteeSteps({ source, ready }: { source: string; ready: boolean }) {
  const { data, isFetching, error } = useQuery({
    queryKey: ['guarantees', source],
    queryFn: () => post<{ guarantees: GuaranteeProof[] }>('/policy/guarantees', { source }),
    enabled: ready,
    staleTime: Infinity,
  })
  if (!ready) return null
  if (error) return <Step state="open">Its guarantees could not be looked at just now.</Step>
  if (isFetching || !data) return <Step state="open">Its guarantees are being proven…</Step>
  if (data.guarantees.length === 0) return <Step state="open">It gives no guarantees.</Step>
  return data.guarantees.map(({ name, is, cases }) => (
    <Step key={name} state={words[is].state}>
      Guarantee “{name}” {words[is].said}
      {cases[0] && `: ${cases[0].when}: ${cases[0].then}`}.
    </Step>
  ))
}
