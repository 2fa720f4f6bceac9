// What the console's API answers, for the pages: types only, so that no page reaches into the database.
export type { AuditChain } from '../../db/audit-chain.ts'
export type { AuditLine, AuditScreen } from '../../db/admin-audit.ts'
export type { PaymentScreen } from '../../db/admin-payments.ts'
export type { OpenException, QueueCounts, QueueRow, QueueScreen, QueueView, Signal } from '../../db/admin-queue.ts'
export type { AlternativeCount } from '../../db/portal-look.ts'
export type { Headline, ReasonLine, ReasonPoint, ReportsScreen, RuleLine } from '../../db/admin-reports.ts'
export type {
  CustomerDetail,
  GivenDecision,
  JournalLine,
  OtherRequest,
  PaymentDetail,
  RefundDetail,
  SubscriptionDetail,
  ToldMessage,
} from '../../db/admin-request.ts'
export type { PreviewedLetter } from '../../flows/preview-letter.ts'
export type { FirstApproval } from '../../flows/changes-since-approval.ts'
export type { Undoable } from '../../db/admin-undo.ts'
export type { Viewer } from '../../db/presence.ts'
export type { SavedView } from '../../db/saved-views.ts'
export type { RequestScreen } from './request-screen.ts'
export type { InstallationFacts } from '../../db/admin-settings.ts'
export type { RequestListRow, RequestsScreen } from '../../db/admin-requests.ts'
export type {
  BacktestLine,
  PastAsk,
  PolicyDraftLine,
  PolicyScreen,
  PolicyVersionLine,
  ShadowAnswerLine,
  ShadowLine,
} from '../../db/admin-policy.ts'
export type { BacktestExample } from '../../db/backtests.ts'
export type { Tally } from '../../domain/policy/tally.ts'
export type { GuaranteeProof, ProvenDifferences } from '../../flows/prove-policy.ts'
export type { ComparedPolicies } from './policy/compared-policies.ts'
export type { ReadyMade } from '../ready-made.ts'
export type { CheckedPolicy, PolicyProblem, PolicyTest } from './policy/checked-policy.ts'
import type {
  BacktestLine,
  PolicyDraftLine,
  PolicyVersionLine,
  ShadowAnswerLine,
  ShadowLine,
} from '../../db/admin-policy.ts'
import type { BacktestExample } from '../../db/backtests.ts'
import type { Decision } from '../../domain/decision.ts'
import type { LinkedPayment, LinkedRequest, Signal } from '../../domain/signals.ts'
import type { Role } from '../../domain/actor.ts'

type AsText<T, K extends keyof T> = Omit<T, K> & Record<K, string>
export type LinkedRequestLine = AsText<LinkedRequest, 'created_at'>
export type LinkedPaymentLine = AsText<LinkedPayment, 'paid_at'>
export type SignalLine = Omit<Signal, 'requests' | 'payments'> & {
  requests: LinkedRequestLine[]
  payments: LinkedPaymentLine[]
}
export type SignalsScreen = { signals: SignalLine[] }

export type ReasonName = { code: string; name: string; audience: 'customer' | 'staff'; archived: boolean }

export type Me = {
  staff: { id: string; name: string; email: string; role: Role }
  account: string
  livemode: boolean
  version: number
  two_factor_needed: boolean
}
export type Badge = {
  kind: 'refundable' | 'review' | 'not_refundable' | 'on_its_way' | 'refunded' | 'in_review'
  until: string | null
  because: string
  amount_minor: number
}
export type PaymentListRow = {
  id: string
  customer_id: string | null
  customer_name: string | null
  customer_email: string | null
  description: string
  captured_minor: number
  reserved_minor: number
  currency: string
  paid_at: string
  method: string | null
  card_brand: string | null
  card_last4: string | null
  dispute: string
  invoice_number: string | null
  badge: Badge | null
}
export type PaymentsScreen = { rows: PaymentListRow[]; next: string | null }

type People = { people: Record<string, string> }
export type PolicyVersionScreen = PolicyVersionLine & { source: string } & People
export type PolicyDraftScreen = PolicyDraftLine & {
  source: string
  states: { revision: number; source: string; by: string; at: string }[]
} & People
export type BacktestScreen = BacktestLine & { source: string } & People
export type BacktestChanges = { rows: BacktestExample[]; more: boolean }
export type ShadowScreen = { shadow: ShadowLine & { source: string }; rows: ShadowAnswerLine[]; more: boolean } & People
export type Tried = { decision: Decision; then?: Decision }
