import type { RequestScreen } from '../../../http/admin/screens.ts'
import { atNine, inHours, toMonday } from './snooze-times.ts'

export type DeedName = 'ask' | 'escalate' | 'snooze' | 'handle' | 'merge' | 'reopen'

export type DeedField = {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly kind: 'area' | 'line' | 'choose'
  readonly choices?: readonly (readonly [string, string])[]
  readonly optional?: boolean
}
export type Deed = {
  readonly name: DeedName
  readonly word: string
  readonly key: string
  readonly button: string
  readonly will: string
  readonly fields: readonly DeedField[]
  readonly body: (typed: Readonly<Record<string, string>>) => object
  /** Whose reply texts are offered for the first field. */
  readonly replies?: 'ask'
}

const roleOrder = ['support', 'approver', 'finance', 'owner'] as const
const note = (label: string, hint?: string): DeedField => ({ name: 'note', label, kind: 'area', ...(hint && { hint }) })

/** What can be done with a request beside approving and denying it, each with what it will do, in words. */
export function deedsFor(screen: RequestScreen, role: string): Deed[] {
  const { request, customer, others } = screen
  const name = customer?.name ?? 'the customer'
  const open = request.status === 'in_review' || request.status === 'failed'
  if (!open)
    return ['denied', 'withdrawn', 'handled', 'merged'].includes(request.status)
      ? [
          {
            name: 'reopen',
            word: 'Reopen',
            key: 'o',
            button: 'Reopen the request',
            will: `The request is back in the queue with a new due time, and ${name} is told that a person looks at it again. No money moves.`,
            fields: [note('Why is it opened again?')],
            body: (typed) => typed,
          },
        ]
      : []
  const higher = roleOrder.slice((roleOrder as readonly string[]).indexOf(role) + 1)
  const aims = others.filter(({ status }) => status === 'in_review' || status === 'failed')
  return [
    ...(request.asked_at
      ? []
      : [
          {
            name: 'ask',
            word: 'Ask',
            key: 'q',
            button: `Ask ${name}`,
            will: `${name} gets your question by mail and on the status page. The request waits for the answer, at most seven days, and comes back by itself.`,
            fields: [{ name: 'question', label: 'Your question', hint: 'Sent word for word.', kind: 'area' }],
            body: (typed: Readonly<Record<string, string>>) => typed,
            replies: 'ask',
          } as const satisfies Deed,
        ]),
    ...(higher.length > 0
      ? [
          {
            name: 'escalate',
            word: 'Escalate',
            key: 'e',
            button: 'Escalate',
            will: 'It goes to the top of that role’s list, with your reason. Nothing is decided.',
            fields: [
              { name: 'to', label: 'To', kind: 'choose', choices: higher.map((one) => [one, one] as const) },
              note('Why?'),
            ],
            body: (typed: Readonly<Record<string, string>>) => ({ to: typed['to'] ?? higher[0], note: typed['note'] }),
          } as const satisfies Deed,
        ]
      : []),
    {
      name: 'snooze',
      word: request.snoozed_until ? 'Wake' : 'Snooze',
      key: 'z',
      button: request.snoozed_until ? 'Back into the queue' : 'Snooze',
      will: request.snoozed_until
        ? 'It is back in the queue now.'
        : 'It leaves the queue and comes back by itself. What the customer was promised stays.',
      fields: request.snoozed_until
        ? []
        : [
            {
              name: 'until',
              label: 'Until',
              kind: 'choose',
              choices: [
                [inHours(2), 'in two hours'],
                [atNine(1), 'tomorrow at nine'],
                [atNine(toMonday()), 'Monday at nine'],
                [inHours(24 * 7), 'in a week'],
              ],
            },
          ],
      body: (typed) => ({ until: request.snoozed_until ? null : (typed['until'] ?? inHours(2)) }),
    },
    {
      name: 'handle',
      word: 'Handled elsewhere',
      key: 'h',
      button: 'Close as handled',
      will: 'The request is closed. No money moves here.',
      fields: [
        note('How was it settled?', 'For colleagues and the audit trail.'),
        { name: 'proof', label: 'Proof', hint: 'The reference of a transfer, a link, a number.', kind: 'line' },
        {
          name: 'reply',
          label: 'What the customer reads',
          hint: 'Nothing: they are not told.',
          kind: 'area',
          optional: true,
        },
      ],
      body: ({ reply, ...typed }) => ({ ...typed, ...(reply?.trim() && { reply }) }),
    },
    ...(aims.length > 0
      ? [
          {
            name: 'merge',
            word: 'Merge',
            key: 'g',
            button: 'Merge the duplicate',
            will: 'This one is closed and goes on in the other, which shows its words. No money moves.',
            fields: [
              {
                name: 'into',
                label: 'Goes on in',
                kind: 'choose',
                choices: aims.map((one) => [one.id, `${one.description}, ${one.created_at.slice(0, 10)}`] as const),
              },
            ],
            body: (typed: Readonly<Record<string, string>>) => ({ into: typed['into'] ?? aims[0]!.id }),
          } as const satisfies Deed,
        ]
      : []),
  ]
}
