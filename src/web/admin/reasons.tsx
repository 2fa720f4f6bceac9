import { useQuery } from '@tanstack/react-query'
import { wordsOfCode } from '../../domain/reasons.ts'
import { reasonsQuery } from './queries.ts'

/** The names of reasons by their code, archived ones too: what was asked keeps its name. */
export function useReasonName(): (code: string) => string {
  const { data } = useQuery(reasonsQuery)
  return (code) => data?.reasons.find((reason) => reason.code === code)?.name ?? wordsOfCode(code)
}

/** What a reason is called. */
export function ReasonName({ code }: { code: string }) {
  return <bdi>{useReasonName()(code)}</bdi>
}

/** Reasons to choose from, in the owner's order. `all`: archived ones too, for finding old requests. */
export function useReasonChoices({ all = false } = {}): (readonly [string, string])[] {
  const { data } = useQuery(reasonsQuery)
  return (data?.reasons ?? [])
    .filter(({ archived }) => all || !archived)
    .map(({ code, name, archived }) => [code, archived ? `${name} (archived)` : name] as const)
}
