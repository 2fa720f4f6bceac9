import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  BacktestChanges,
  BacktestScreen,
  CheckedPolicy,
  PastAsk,
  PolicyDraftScreen,
  PolicyScreen,
  PolicyVersionScreen,
  ReadyMade,
  ShadowScreen,
} from '../../../http/admin/screens.ts'
import { get, post } from '../api.ts'

type Query = Record<string, string | number | undefined>

/** A draft is looked at this often, so that what a colleague saves is told before it collides. */
const draftEveryMs = 5_000
const progressEveryMs = 700

export const policyQuery = queryOptions({ queryKey: ['policy'], queryFn: () => get<PolicyScreen>('/policy') })
export const versionQuery = (version: number) =>
  queryOptions({
    queryKey: ['policy-version', version],
    queryFn: () => get<PolicyVersionScreen>(`/policy/versions/${version}`),
  })
export const readyMadeQuery = queryOptions({
  queryKey: ['ready-made'],
  queryFn: () => get<{ policies: ReadyMade[] }>('/policy/ready-made'),
  staleTime: Infinity,
})
export const draftQuery = (id: string) =>
  queryOptions({
    queryKey: ['policy-draft', id],
    queryFn: () => get<PolicyDraftScreen>(`/policy/drafts/${encodeURIComponent(id)}`),
    refetchInterval: draftEveryMs,
  })
export const checkQuery = (source: string) =>
  queryOptions({
    queryKey: ['check', source],
    queryFn: () => post<CheckedPolicy>('/policy/check', { source }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  })
export const pastQuery = (q: string) =>
  queryOptions({
    queryKey: ['policy-past', q],
    queryFn: () => get<{ rows: PastAsk[] }>('/policy/past', { q }),
    placeholderData: keepPreviousData,
  })
export const backtestQuery = (id: string) =>
  queryOptions({
    queryKey: ['backtest', id],
    queryFn: () => get<BacktestScreen>(`/policy/backtests/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data && state.data.ended_at === null ? progressEveryMs : false),
  })
export const changesQuery = (id: string, filter: Query) =>
  queryOptions({
    queryKey: ['backtest-changes', id, filter],
    queryFn: () => get<BacktestChanges>(`/policy/backtests/${encodeURIComponent(id)}/changes`, filter),
    placeholderData: keepPreviousData,
  })
export const shadowQuery = (id: string, filter: Query) =>
  queryOptions({
    queryKey: ['shadow', id, filter],
    queryFn: () => get<ShadowScreen>(`/policy/shadows/${encodeURIComponent(id)}`, filter),
    placeholderData: keepPreviousData,
    refetchInterval: draftEveryMs,
  })
