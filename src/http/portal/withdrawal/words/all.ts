import type { Language } from '../../../../domain/languages.ts'
import { en } from './en.ts'
import { de } from './de.ts'
import { fr } from './fr.ts'
import { es } from './es.ts'
import { pt } from './pt.ts'
import { it } from './it.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import { ja } from './ja.ts'
import { ar } from './ar.ts'
import type { WithdrawalWords } from './words.ts'

export const withdrawalWords: Readonly<Record<Language, WithdrawalWords>> = { en, de, fr, es, pt, it, nl, pl, ja, ar }
