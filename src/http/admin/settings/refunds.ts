import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { refundSettings, type RefundSettings } from '../../../db/refund-settings.ts'
import { setRefundSettings } from '../../../flows/set-refund-settings.ts'
import { readBody, roleAtLeast, type AdminEnv } from '../guard.ts'

export type RefundsPage = RefundSettings

const body = z.strictObject({
  invoice_refunds: z.enum(['refund', 'credit_note']),
  on_fraud_warning: z.enum(['tell', 'ask_policy']),
  refund_application_fee: z.boolean(),
  reverse_transfer: z.boolean(),
}) satisfies z.ZodType<RefundSettings>

/** The page "Refunds at Stripe". */
export function refundsRoutes(app: App): Hono<AdminEnv> {
  return new Hono<AdminEnv>()
    .get('/', async (c) => c.json((await refundSettings(app.db, app.account)) satisfies RefundsPage))
    .post('/', roleAtLeast('owner'), async (c) => {
      const given = await readBody(c, body)
      if (!given.ok) return given.response
      await setRefundSettings(app, { settings: given.value, by: `staff:${c.get('staff').id}` })
      return c.json(await refundSettings(app.db, app.account))
    })
}
