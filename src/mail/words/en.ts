import type { MailWords } from './words.ts'

export const en: MailWords = {
  letters: {
    received: {
      subject: 'We have your refund request',
      body: 'We have your request about {payment}. You will hear from us as soon as it is decided.',
    },
    in_review: {
      subject: 'A person will look at your refund request',
      body: 'A person will look at your request about {payment} and answer by {due}.',
    },
    question: {
      subject: 'A question about your refund request',
      body: 'To decide your request about {payment} we need to know something from you.',
    },
    approved: {
      subject: 'Your refund of {amount} is approved',
      body: 'We are sending {amount} back to {method}.',
    },
    denied: { subject: 'About your refund request', body: 'We can’t refund {payment}.' },
    handled: {
      subject: 'Your refund request is taken care of',
      body: 'Your request about {payment} is settled.',
    },
    refunded: {
      subject: 'Your refund of {amount} was sent',
      body: 'We have sent {amount} to {method}. How long it takes to arrive is up to the bank.',
    },
    needs_bank_details: {
      subject: 'We need your bank details for the refund',
      body: 'To send you {amount} we need to know where to. Stripe has sent you an e-mail that asks for your bank details.',
    },
    failed: {
      subject: 'Your refund of {amount} did not go through',
      body: 'We tried to send {amount} to {method} and it did not go through. Somebody of our team is looking at it now; you need not do anything.',
    },
    bounced: {
      subject: 'Your bank sent the refund of {amount} back',
      body: 'Your bank sent {amount} back to us, so the refund has not reached you. Your access is as it was before. Somebody of our team is looking for another way now.',
    },
    withdrawn: {
      subject: 'Your refund request is withdrawn',
      body: 'You took your request about {payment} back. Nothing was refunded and nothing changes.',
    },
    access_ended: {
      subject: 'Your access has ended',
      body: 'With the refund your access to {payment} has ended, and your subscription with it. Nothing more will be charged.',
    },
    access_ends: {
      subject: 'Your access ends on {until}',
      body: 'With the refund your subscription for {payment} will not renew. You can use it until {until}.',
    },
    withdrawal_received: {
      subject: 'We have received your withdrawal',
      body: 'This confirms that your statement reached us on {received_at}. Keep this mail: it has the whole text of your statement.',
    },
    sign_in: {
      subject: 'Your link to {shop}',
      body: 'With this link you see your payments and ask for a refund. It works once, for 10 minutes. If you did not ask for it, there is nothing that you need to do.',
    },
  },
  labels: {
    payment: 'Payment',
    amount: 'Amount',
    method: 'Goes to',
    expected: 'Expected',
    reference: 'Bank reference',
    answer_by: 'Answer by',
    access_until: 'Access until',
    received_at: 'Received',
    name: 'Name',
    contract: 'Contract',
    email: 'E-mail',
  },
  see: 'See your request',
  answer: 'Answer',
  open: 'Open my payments',
  or_copy: 'Or copy this address into your browser:',
  why_you: 'You get this mail because of a refund request about a payment to {shop}.',
  keep_link: 'The link shows your request to whoever has it, so don’t pass it on.',
  original_method: 'the original payment method',
  card: 'card',
}
