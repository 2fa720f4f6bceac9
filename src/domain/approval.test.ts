import { describe, expect, test } from 'vitest'
import { roleToApprove, standingApprovals } from './approval.ts'

const now = new Date('2026-03-10T12:00:00Z')
const answer = (id: string, by: string, verdict: 'approve' | 'review' | 'deny', amount_minor = 4900) => ({
  id,
  by,
  verdict,
  amount_minor,
  at: new Date('2026-03-10T11:00:00Z'),
})
const asked = (verdict: 'approve' | 'review' | 'deny', role = 'support') => ({ verdict, approvers: { role, count: 1 } })

describe('approvals that stand', () => {
  const history = [
    answer('1', 'policy', 'review'),
    answer('2', 'staff:a', 'approve'),
    answer('3', 'staff:b', 'approve'),
  ]
  test('all since the policy', () =>
    expect(standingApprovals(history, [], now).map(({ id }) => id)).toEqual(['2', '3']))
  test('none that a refund has used up: after a bounce the same person may approve again', () =>
    expect(standingApprovals(history, [{ decision_id: '3' }], now)).toEqual([]))
  test('none before a denial', () =>
    expect(standingApprovals([...history, answer('4', 'staff:c', 'deny')], [], now)).toEqual([]))
  test('none of another amount, and those before it have lapsed for good', () => {
    expect(standingApprovals(history, [], now, 1000)).toEqual([])
    const changed = [...history, answer('4', 'staff:c', 'approve', 1000)]
    expect(standingApprovals(changed, [], now, 4900)).toEqual([])
    expect(standingApprovals(changed, [], now).map(({ id }) => id)).toEqual(['4'])
  })
  test('none that is seven days old', () => {
    expect(standingApprovals(history, [], new Date('2026-03-17T10:59:59Z'))).toHaveLength(2)
    expect(standingApprovals(history, [], new Date('2026-03-17T11:00:00Z'))).toEqual([])
  })
})

describe('the role that an approval takes', () => {
  test.each([
    ['what the policy hands to a person', 'in_review', asked('review'), 'support'],
    ['what the policy hands to finance', 'in_review', asked('review', 'finance'), 'finance'],
    ['what the policy denied', 'denied', asked('deny'), 'approver'],
    ['what the policy denied and the customer asked a person about', 'in_review', asked('deny'), 'approver'],
    ['what the policy denied, with finance named', 'in_review', asked('deny', 'finance'), 'finance'],
    ['what a person denied', 'denied', asked('review'), 'approver'],
    ['a refund that failed', 'failed', asked('approve'), 'support'],
  ] as const)('%s', (_, status, policy, role) => expect(roleToApprove(status, policy)).toBe(role))
})
