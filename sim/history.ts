/** Which calls a fault may hit: any call to Stripe, the send of a refund, a list of refunds, another read; any SQL, a commit. */
export type Where = 'stripe' | 'send' | 'list' | 'read' | 'sql' | 'commit' | 'point'

export const stripeFaults = [
  'lost_before',
  'lost_after',
  'half_body',
  'html',
  'strange_json',
  'server_error',
  'server_error_done',
  'server_error_late',
  'bad_gateway',
  'rate_limit',
  'lock_timeout',
  'key_in_use',
  'wrong_object',
  'arrives_late',
  'slow',
  'slow_before',
  'key_refused',
  'dispute_first',
  'dashboard_refund_first',
  'balance_refused',
  'bounces',
  'requires_action',
  'stays_pending',
] as const

export const databaseFaults = ['connection_lost', 'connection_lost_after', 'serialization_failure'] as const

export const deathFaults = [
  'crash_before',
  'crash_after',
  'crash_point',
  'freeze',
  'freeze_after',
  'suspend_after',
] as const

export type FaultKind = (typeof stripeFaults)[number] | (typeof databaseFaults)[number] | (typeof deathFaults)[number]

/** Something that goes wrong at the n-th call of that kind (from 0) of the activity that a command starts. */
export type Fault = { readonly kind: FaultKind; readonly on: Where; readonly n: number; readonly point?: CrashPoint }

/** The points of the money path at which a process can be made to die (`crashPoint`). */
export const crashPoints = [
  'after-submit',
  'before-decide',
  'after-decide',
  'after-approve',
  'after-inbox',
  'after-observe',
  'after-claim',
  'after-look',
  'before-intent',
  'after-intent',
  'after-send',
  'after-record',
  'after-subscription-change',
] as const

export type CrashPoint = (typeof crashPoints)[number]

/** Those that a worker passes. */
export const pointsOfWork = crashPoints.slice(crashPoints.indexOf('after-observe'))

/** Faults that make sense only where a refund is sent. */
export const atTheSendOnly = [
  'server_error_late',
  'arrives_late',
  'slow_before',
  'key_refused',
  'dispute_first',
  'dashboard_refund_first',
  'balance_refused',
  'bounces',
  'requires_action',
  'stays_pending',
  'wrong_object',
] as const satisfies readonly FaultKind[]

export const operations = [
  'submit',
  'approve',
  'deny',
  'withdraw',
  'work',
  'work_elsewhere',
  'reconcile',
  'deliver',
  'deliver_twice',
  'deliver_forged',
  'deliver_stale',
  'deliver_early',
  'deliver_foreign',
  'deliver_wrong_mode',
  'drop',
  'advance',
  'dashboard_refund',
  'dashboard_cancel',
  'open_dispute',
  'close_dispute',
  'late_failure',
  'settle_pending',
  'revoke_key',
  'restore_key',
  'publish_policy',
  'kill',
  'restart_database',
  'move_books',
  'notice_restore',
  'wake',
] as const

export type Operation = (typeof operations)[number]

/**
 * One step of a history with all its choices in it, so that a history can be shrunk by making them smaller. `pick` chooses
 * among what is there (modulo), `part` which share of the money, `by` which person, `ms` how far the clock goes. `run` is
 * how many calls are let through afterwards (-1: until everybody is done), `salt` in whose order.
 */
export type Command = {
  readonly do: Operation
  readonly pick: number
  readonly part: number
  readonly by: number
  readonly ms: number
  readonly run: number
  readonly salt: number
  readonly faults: readonly Fault[]
}

export const paymentKinds = ['card', 'card_pending', 'card_bounces', 'subscription', 'two_of_one', 'small'] as const
export type PaymentKind = (typeof paymentKinds)[number]

/** Who finds out what happened at Stripe: webhooks and reconciliation, webhooks alone (none is lost), reconciliation alone. */
export const modes = ['both', 'webhooks', 'reconciliation'] as const
export type Mode = (typeof modes)[number]

export type History = {
  readonly seed: number
  readonly mode: Mode
  readonly payments: readonly PaymentKind[]
  readonly commands: readonly Command[]
  /** Frozen processes wake after everything else has come to its end. */
  readonly wakeLast: boolean
}
