import { z } from 'zod'
import { attachmentLimits } from '../../domain/attachment.ts'

/** Files that were sent before the request or answer that they belong to. */
export const fileIds = z
  .array(z.string().regex(/^att_[0-9a-f]{32}$/))
  .max(attachmentLimits.perRequest)
  .optional()
