import type { Chance } from './chance.ts'
import {
  pointsOfWork,
  atTheSendOnly,
  type Command,
  type CrashPoint,
  type Fault,
  type FaultKind,
  type Mode,
  type Operation,
} from './history.ts'

const crash = (point: CrashPoint): Fault => ({ kind: 'crash_point', on: 'point', n: 0, point })

const minute = 60_000
const day = 24 * 60 * minute

/**
 * How many histories begin: the beginnings of the stories in which others have paid twice, or have lost a refund, each with
 * choices of its own. What follows is chance.
 */
export function opening(chance: Chance, mode: Mode): Command[] {
  const say = (op: Operation, more: Partial<Command> = {}): Command => ({
    do: op,
    pick: chance.below(2),
    part: chance.below(4),
    by: 0,
    ms: 0,
    run: -1,
    salt: chance.below(1 << 16),
    faults: [],
    ...more,
  })
  const work = (...faults: Fault[]): Command => say(chance.of(['work', 'work_elsewhere']), { faults })
  const wait = (...choices: number[]): Command => say('advance', { ms: chance.of(choices) })
  const send = (kind: FaultKind): Fault => ({ kind, on: 'send', n: 0 })
  /** Somebody learns what happened at Stripe: by the oldest webhook, or from the lists. */
  const hear = (pick: number): Command =>
    mode === 'reconciliation' ? say('reconcile', { by: chance.below(3) }) : say('deliver', { pick })
  const deliver = (): Command => (mode === 'reconciliation' ? work() : say('deliver', { pick: chance.below(8) }))
  const returned = (): Command[] => [say('submit'), work(send('requires_action')), wait(5 * minute)]
  const stories: readonly (() => Command[])[] = [
    // The answer is lost, and it is sent again, soon or when Stripe has forgotten the key.
    () => [
      say('submit'),
      work(send(chance.of(['lost_after', 'lost_before', 'half_body', 'html', 'arrives_late', 'bad_gateway', 'slow']))),
      wait(minute, 26 * 60 * minute),
      work(),
    ],
    () => [
      say('submit'),
      work(send('lost_after')),
      wait(26 * 60 * minute),
      work({ kind: chance.of(['lost_before', 'rate_limit', 'server_error']), on: 'list', n: 0 }),
      work(),
    ],
    // An error of Stripe's own, which did nothing, everything, or everything later.
    () => [
      say('submit'),
      work(send(chance.of(['server_error', 'server_error_done', 'server_error_late']))),
      wait(minute, 60 * minute, day),
      work(),
    ],
    // A worker is frozen after its intent, and somebody else finishes.
    () => [
      say('submit', { part: 1 + chance.below(3) }),
      work({ kind: chance.of(['freeze_after', 'suspend_after']), on: 'commit', n: chance.below(2) }),
      wait(minute * 2, 60 * minute),
      work(),
      work(),
    ],
    // What Stripe and the bank do with a refund that is made, or refuse.
    () => [
      say('submit'),
      work(send(chance.of(atTheSendOnly))),
      wait(minute, 26 * 60 * minute, 4 * day),
      work(),
      say(chance.of(['settle_pending', 'dashboard_cancel', 'close_dispute'])),
    ],
    // It dies at a named point, and the lease ends.
    () => [
      say('submit', { faults: [crash(chance.of(['after-submit', 'before-decide', 'after-decide']))] }),
      wait(minute),
      work(),
    ],
    () => [say('submit', { by: 1 }), say('approve', { faults: [crash('after-approve')] }), work()],
    () => [say('submit', { part: 0 }), work(crash(chance.of(pointsOfWork))), wait(2 * minute), work()],
    () => [say('submit', { part: 0 }), work(), work(crash('after-subscription-change'))],
    () => [say('dashboard_refund'), deliver(), deliver(), deliver(), work(crash('after-observe'))],
    // Two workers at the same moment.
    () => [say('submit'), say('work', { run: 4 + chance.below(30) }), say('work_elsewhere')],
    () => [say('submit'), say('work', { faults: [send(chance.of(['slow', 'slow_before']))] }), say('work_elsewhere')],
    // A colleague refunds in Stripe, before, meanwhile or of the same amount.
    () => [say('submit', { part: 3 }), say('dashboard_refund', { part: 2 }), work()],
    () => [
      say('submit', { run: chance.below(40) }),
      say('dashboard_refund', { part: 0 }),
      deliver(),
      say('work', { run: chance.below(40) }),
    ],
    // The inbox dies between two lines.
    () => [
      say('dashboard_refund'),
      ...Array.from({ length: 4 }, deliver),
      work({ kind: chance.of(['crash_before', 'crash_after']), on: chance.of(['read', 'sql']), n: chance.below(8) }),
    ],
    () => [
      say('submit', { part: 0 }),
      work(),
      ...Array.from({ length: 6 }, () => hear(0)),
      work(),
      say('late_failure'),
      ...Array.from({ length: 3 }, () => hear(0)),
      work({ kind: 'crash_before', on: 'read', n: 0 }),
    ],
    // A person says yes while a colleague's refund in Stripe is taken in.
    () => [
      say('submit', { by: 1, part: 0 }),
      say('dashboard_refund', { part: 0 }),
      ...Array.from({ length: 4 }, () => hear(0)),
      say('approve', { part: 0, faults: [{ kind: 'freeze_after', on: 'sql', n: chance.below(8) }] }),
      work(),
      say('wake', { pick: 0 }),
    ],
    // The bank sends it back, or asks where to.
    ...(mode === 'webhooks' ? [returned, returned] : [returned]),
    () => [say('submit', { part: 0 }), work(), wait(4 * day), say('late_failure', { part: 0 })],
    () => [say('submit'), work(send('requires_action')), wait(5 * minute), deliver(), work(), deliver(), work()],
    // A dispute between yes and send, and a key that is refused for a while.
    () => [say('submit'), say('open_dispute', { part: 0 }), ...(chance.is(0.5) ? [deliver(), deliver()] : []), work()],
    () => [say('submit'), say('revoke_key'), work(), wait(minute), work(), say('restore_key'), wait(minute), work()],
    // The books were moved: nothing is sent before they were compared.
    () => [
      say('submit'),
      say('move_books'),
      say('notice_restore', { run: chance.of([-1, -1, 3]) }),
      wait(5_000),
      work({ kind: 'lost_before', on: 'list', n: 0 }),
      work(),
    ],
    // One process compares them and hangs; another one comes.
    () => [
      say('submit'),
      say('move_books'),
      say('notice_restore'),
      wait(5_000),
      say('work', { faults: [{ kind: 'freeze', on: 'list', n: 0 }] }),
      say('work_elsewhere'),
    ],
    // Stripe answers with somebody else’s refund: nothing more is sent, for any payment.
    () => [
      say('submit', { pick: 0 }),
      work(send('wrong_object')),
      wait(5_000, minute),
      say('submit', { pick: 1 }),
      work(),
    ],
    // What an older event says is over: Stripe has moved on.
    ...(mode === 'reconciliation'
      ? []
      : [
          () => [
            say('submit'),
            work(send('requires_action')),
            wait(5 * minute),
            say('settle_pending', { part: 1 }),
            say('settle_pending', { part: 0 }),
            say('deliver', { pick: 7 }),
            work(),
          ],
        ]),
    // A person approves while another one does.
    () => [say('submit', { by: 1 }), say('approve', { run: chance.below(12) }), say('approve', { by: 1 }), work()],
  ]
  return chance.of(stories)()
}
