import type { App } from '../app.ts'
import { findCustomer } from '../db/customers.ts'
import { paymentsOf } from '../db/payments.ts'
import { refundsOfCustomer } from '../db/refunds.ts'
import { accessOf, type ProductAccess } from '../domain/access.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

/** What a customer may use at this moment. Refuses: customer_not_found. */
export async function accessOfCustomer(
  app: App,
  customer: string,
): Promise<Result<{ customer: string; products: ProductAccess[] }>> {
  if ((await findCustomer(app.db, app.account, customer)) === undefined) return no({ code: 'customer_not_found' })
  const [payments, refunds] = await Promise.all([
    paymentsOf(app.db, app.account, customer),
    refundsOfCustomer(app.db, app.account, customer),
  ])
  const purchases = payments
    .filter(({ captured }) => captured)
    .map((payment) => ({
      payment: payment.id,
      product: payment.product_id,
      product_name: payment.product_name ?? payment.description,
      from: payment.period_start ?? payment.paid_at,
      until: payment.period_end,
      ended_by: refunds
        .filter(
          ({ payment_id, status, access }) => payment_id === payment.id && status === 'succeeded' && access === 'now',
        )
        .map(({ id, settled_at, created_at }) => ({ refund: id, at: settled_at ?? created_at })),
    }))
  return ok({ customer, products: accessOf(purchases.reverse(), app.now()) })
}
