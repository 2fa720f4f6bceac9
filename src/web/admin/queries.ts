import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query'
import type {
  AuditScreen,
  Me,
  PaymentScreen,
  PaymentsScreen,
  QueueScreen,
  ReasonName,
  ReportsScreen,
  RequestScreen,
  RequestsScreen,
  SavedView,
  SignalsScreen,
  Undoable,
} from '../../http/admin/screens.ts'
import { get, isProblem } from './api.ts'

/** One cache for all screens. What the server refuses is not asked again; what did not arrive is, twice. */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && isProblem(error) && error.status === 0,
      refetchOnWindowFocus: true,
    },
  },
})

type Query = Record<string, string | undefined>

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => get<Me>('/me'), staleTime: 60_000 })
export const queueQuery = (filter: Query) =>
  queryOptions({
    queryKey: ['queue', filter],
    queryFn: () => get<QueueScreen>('/queue', filter),
    placeholderData: keepPreviousData,
  })
export const requestQuery = (id: string) =>
  queryOptions({ queryKey: ['request', id], queryFn: () => get<RequestScreen>(`/requests/${encodeURIComponent(id)}`) })
export const reasonsQuery = queryOptions({
  queryKey: ['reasons'],
  queryFn: () => get<{ reasons: ReasonName[] }>('/reasons'),
  staleTime: 60_000,
})
export const signalsQuery = (id: string) =>
  queryOptions({
    queryKey: ['signals', id],
    queryFn: () => get<SignalsScreen>(`/requests/${encodeURIComponent(id)}/signals`),
  })
export const requestsQuery = (filter: Query) =>
  queryOptions({
    queryKey: ['requests', filter],
    queryFn: () => get<RequestsScreen>('/requests', filter),
    placeholderData: keepPreviousData,
  })
export const paymentsQuery = (filter: Query) =>
  queryOptions({
    queryKey: ['payments', filter],
    queryFn: () => get<PaymentsScreen>('/payments', filter),
    placeholderData: keepPreviousData,
  })
export const paymentQuery = (id: string) =>
  queryOptions({ queryKey: ['payment', id], queryFn: () => get<PaymentScreen>(`/payments/${encodeURIComponent(id)}`) })
export const reportsQuery = (range: { from: string; to: string }) =>
  queryOptions({
    queryKey: ['reports', range],
    queryFn: () => get<ReportsScreen>('/reports', range),
    placeholderData: keepPreviousData,
  })
export const auditQuery = (filter: Query) =>
  queryOptions({
    queryKey: ['audit', filter],
    queryFn: () => get<AuditScreen>('/audit', filter),
    placeholderData: keepPreviousData,
  })
export const undoableQuery = queryOptions({
  queryKey: ['undoable'],
  queryFn: () => get<{ rows: Undoable[] }>('/undoable'),
  staleTime: 0,
})
export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: () => get<{ views: SavedView[] }>('/views'),
  staleTime: 60_000,
})
