import { sql } from 'kysely'
import type { App } from '../app.ts'
import type { Db } from '../db/connect.ts'
import { findLogo, findLook } from '../db/portal-look.ts'
import { accentsOf } from '../domain/colour.ts'
import type { Brand } from '../mail/letter.ts'

/** How the merchant looks in a letter: as in the portal, in its light colours. */
export async function shopBrand(app: App, db: Db = app.db): Promise<Brand> {
  const [name, set, logo] = await Promise.all([shopName(app, db), findLook(db, app.account), findLogo(db, app.account)])
  const { accent, on } = accentsOf(set?.look.accent ?? '#1f6f54').light
  return {
    name,
    accent,
    onAccent: on,
    // Not every mail program draws WebP.
    logo: logo === undefined || logo.type === 'image/webp' ? null : { type: logo.type, bytes: logo.bytes },
  }
}

/** What customers know the merchant as: the name in the settings, else that of the Stripe account. */
export async function shopName(app: App, db: Db = app.db): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`
    select coalesce(l.look ->> 'name', a.name) as name from account a left join portal_look l on l.account_id = a.id
    where a.id = ${app.account}`.execute(db)
  return rows[0]?.name ?? 'Moneyback'
}
