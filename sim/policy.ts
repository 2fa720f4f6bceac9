/** Two policies that a history can publish: one approves by itself, the other hands everything to a person. */
export const policies = [
  `policy: Quick
timezone: UTC
judge_by: request
rules:
  - id: two-people
    when: [request.reason == "waiver"]
    then: review
    access: now
    approvers: { role: approver, count: 2 }
  - id: person
    when: [request.reason == "other"]
    then: review
    access: now
  - id: later
    when: [request.reason == "too_expensive"]
    then: approve
    amount: request.amount
    access: period_end
otherwise:
  then: approve
  amount: request.amount
  access: now
`,
  `policy: Slow
timezone: UTC
judge_by: request
rules:
  - id: no
    when: [request.reason == "too_expensive"]
    then: deny
    appeal: true
otherwise:
  then: review
  access: now
`,
] as const

export const reasons = ['changed_mind', 'other', 'too_expensive', 'waiver'] as const
