import { sql } from 'kysely'
import type { App } from '../app.ts'
import type { Db } from '../db/connect.ts'
import type { Brand } from '../mail/letter.ts'

/** How the merchant looks in a letter. */
export async function shopBrand(app: App, db: Db = app.db): Promise<Brand> {
  const { rows } = await sql<{ name: string | null }>`select name from account where id = ${app.account}`.execute(db)
  return { name: rows[0]?.name ?? 'Moneyback', accent: '#1f6f54', onAccent: '#ffffff', logo: null }
}
