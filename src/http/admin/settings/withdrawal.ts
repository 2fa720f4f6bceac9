import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { newestWithdrawals, withdrawalOffer } from '../../../db/withdrawals.ts'
import type { WithdrawalOffer } from '../../../domain/withdrawal.ts'
import { setWithdrawalOffer } from '../../../flows/settings/set-withdrawal-offer.ts'
import { withdrawalOffered } from '../../../flows/withdrawal-offered.ts'
import { readBody, roleAtLeast, type AdminEnv } from '../guard.ts'

export type WithdrawalPage = {
  offer: WithdrawalOffer
  /** What the choice comes to now. */
  offered: boolean
  address: string
  /** The newest 100 statements. */
  statements: {
    id: string
    received_at: string
    name: string
    email: string
    contract: string
    statement: string
    language: string
    signed_in: boolean
    period_ends_at: string | null
    request_id: string | null
    /** Whether a person has still to look at it. */
    open: boolean
  }[]
}

const body = z.strictObject({ offer: z.enum(['auto', 'on', 'off']) })

/** The page "Right of withdrawal". */
export function withdrawalSettingsRoutes(app: App): Hono<AdminEnv> {
  const page = async (): Promise<WithdrawalPage> => ({
    offer: await withdrawalOffer(app.db, app.account),
    offered: await withdrawalOffered(app),
    address: `${app.config.portalUrl}/portal/withdrawal`,
    statements: (await newestWithdrawals(app.db, app.account)).map((row) => ({
      id: row.id,
      received_at: row.received_at.toISOString(),
      name: row.name,
      email: row.email,
      contract: row.contract,
      statement: row.statement,
      language: row.language,
      signed_in: row.signed_in_as !== null,
      period_ends_at: row.period_ends_at?.toISOString() ?? null,
      request_id: row.request_id,
      open: row.open,
    })),
  })
  return new Hono<AdminEnv>()
    .get('/', async (c) => c.json(await page()))
    .post('/', roleAtLeast('owner'), async (c) => {
      const given = await readBody(c, body)
      if (!given.ok) return given.response
      await setWithdrawalOffer(app, { offer: given.value.offer, by: `staff:${c.get('staff').id}` })
      return c.json(await page())
    })
}
