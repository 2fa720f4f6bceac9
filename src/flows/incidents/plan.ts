import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import {
  insertIncident,
  insertLines,
  paymentsOfList,
  paymentsOfQuery,
  type FoundPayment,
  type NewIncident,
  type NewLine,
} from '../../db/incidents.ts'
import { reasonsOf } from '../../db/reasons.ts'
import { audit } from '../../db/journal.ts'
import type { Actor } from '../../domain/actor.ts'
import { newId } from '../../domain/ids.ts'
import { shareOf, wrongAmount, type IncidentWho } from '../../domain/incident.ts'
import { wrongReason } from '../../domain/reasons.ts'
import { no, ok, type Refusal, type Result } from '../../domain/refusal.ts'

export type Plan = Omit<NewIncident, 'id' | 'who' | 'created_by'> & {
  readonly who: { readonly kind: 'list'; readonly text: string } | Omit<Extract<IncidentWho, { kind: 'query' }>, never>
}

/** More than this is a mistake, or work for several runs. */
const linesMax = 20_000
const isId = /^(pi|ch|py|pay)_\w{3,}$/

/**
 * The dry run: finds the payments, says what each gets or why it gets nothing, and keeps that as a draft. No money moves. Refuses:
 * setting_invalid, reason_unknown, reason_archived.
 */
export async function planIncident(app: App, { who, ...plan }: Plan, by: Actor): Promise<Result<{ id: string }>> {
  const wrong = wrongIn(plan) ?? wrongReason(await reasonsOf(app.db, app.account), plan.reason, 'staff')
  if (wrong) return no(wrong)
  const found = who.kind === 'list' ? await fromList(app, who.text) : await fromQuery(app, who)
  if (!found.ok) return found
  const id = newId('inc')
  const lines = found.value.lines.map((line) => ('because' in line ? line : share(line, plan)))
  await inTransaction(app.db, async (tx) => {
    await insertIncident(tx, app.account, { ...plan, id, who: found.value.who, created_by: by }, app.now())
    await insertLines(tx, app.account, id, lines)
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'incident.planned',
      subject: id,
      detail: { name: plan.name, amount: plan.amount, payments: lines.length },
    })
  })
  return ok({ id })
}

function share(payment: FoundPayment, { amount, again }: Pick<Plan, 'amount' | 'again'>): NewLine {
  const { id, reference, customer, currency } = payment
  const given = shareOf(payment, amount, again)
  return {
    payment: id,
    reference,
    customer,
    currency,
    ...('minor' in given ? { minor: given.minor, because: null } : { minor: 0, because: given.because }),
  }
}

type Found = Result<{ who: IncidentWho; lines: (FoundPayment | NewLine)[] }>

async function fromQuery(app: App, query: Extract<IncidentWho, { kind: 'query' }>): Promise<Found> {
  if (!query.product && !query.from && !query.to && !query.q)
    return no({
      code: 'setting_invalid',
      field: 'who',
      because: 'Say which payments: a product, a period, or a text. Without one it would be all of them.',
    })
  const lines = await paymentsOfQuery(app.db, app.account, query, linesMax + 1)
  if (lines.length === 0)
    return no({
      code: 'setting_invalid',
      field: 'who',
      because: 'No payment fits. Look at the period and the product again.',
    })
  if (lines.length > linesMax) return tooMany
  return ok({ who: query, lines })
}

const tooMany = no({
  code: 'setting_invalid',
  field: 'who',
  because: `These are more than ${linesMax.toLocaleString('en')} payments. Take a shorter period, and run it several times.`,
})

async function fromList(app: App, text: string): Promise<Found> {
  const { parse } = await import('csv-parse/sync')
  let records: string[][]
  try {
    records = parse(text, {
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      delimiter: [',', ';', '\t'],
    })
  } catch (error) {
    return no({
      code: 'setting_invalid',
      field: 'who',
      because: `This can’t be read as a list: ${(error as Error).message}`,
    })
  }
  // A file has a head, and columns beside: the first cell that looks like an id is the payment.
  const ids = records.map((cells) => cells.find((cell) => isId.test(cell)))
  const unreadable =
    ids.slice(1).filter((id) => id === undefined).length + (ids[0] === undefined && ids.length === 1 ? 1 : 0)
  const unique = [...new Set(ids.filter((id) => id !== undefined))]
  if (unique.length === 0)
    return no({
      code: 'setting_invalid',
      field: 'who',
      because: 'There is no id of a payment in it. Give one in each line: pi_…, ch_… or pay_….',
    })
  if (unique.length > linesMax) return tooMany
  const known = await paymentsOfList(app.db, app.account, unique)
  const names = new Set(known.map(({ reference }) => reference))
  const missing = unique
    .filter((id) => !names.has(id))
    .map((id): NewLine => ({
      payment: id,
      reference: id,
      customer: id,
      minor: 0,
      currency: 'usd',
      because: 'is not known here',
    }))
  return ok({ who: { kind: 'list', given: unique.length, unreadable }, lines: [...known, ...missing] })
}

function wrongIn({ name, amount, say }: Omit<Plan, 'who'>): Refusal | undefined {
  const wrong = (field: string, because: string): Refusal => ({ code: 'setting_invalid', field, because })
  if (name.trim() === '' || name.length > 120) return wrong('name', 'Name what happened, in 1 to 120 characters.')
  if (say.trim() === '' || say.length > 2000)
    return wrong('say', 'Write the sentence that customers read, in 1 to 2,000 characters.')
  const about = wrongAmount(amount)
  return about === undefined ? undefined : wrong('amount', about)
}
