import { chargeTasks } from './charges.ts'
import { disputeTasks } from './disputes.ts'
import { paymentTasks } from './captures.ts'
import { refundTasks } from './refund-moves.ts'
import { billingTasks } from './renewals.ts'
import { testClockTasks } from './test-clocks.ts'
import type { TaskHandler } from './world.ts'

/** Everything that happens later, by the name that it has on the agenda. Webhooks bring theirs with the post office. */
export const tasks: Readonly<Record<string, TaskHandler>> = {
  ...billingTasks,
  ...chargeTasks,
  ...disputeTasks,
  ...paymentTasks,
  ...refundTasks,
  ...testClockTasks,
}
