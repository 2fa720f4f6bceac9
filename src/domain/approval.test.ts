import { describe, expect, test } from 'vitest'
import { roleToApprove, standingApprovals } from './approval.ts'

const answer = (id: string, by: string, verdict: 'approve' | 'review' | 'deny') => ({ id, by, verdict })
const asked = (verdict: 'approve' | 'review' | 'deny', role = 'support') => ({ verdict, approvers: { role, count: 1 } })

describe('approvals that stand', () => {
  const history = [
    answer('1', 'policy', 'review'),
    answer('2', 'staff:a', 'approve'),
    answer('3', 'staff:b', 'approve'),
  ]
  test('all since the policy', () => expect(standingApprovals(history, []).map(({ id }) => id)).toEqual(['2', '3']))
  test('none that a refund has used up: after a bounce the same person may approve again', () =>
    expect(standingApprovals(history, [{ decision_id: '3' }])).toEqual([]))
  test('none before a denial', () =>
    expect(standingApprovals([...history, answer('4', 'staff:c', 'deny')], [])).toEqual([]))
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
