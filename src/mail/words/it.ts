import type { MailWords } from './words.ts'

export const it: MailWords = {
  letters: {
    received: {
      subject: 'Abbiamo ricevuto la Sua richiesta di rimborso',
      body: 'Abbiamo ricevuto la Sua richiesta su {payment}. Le scriveremo appena sarà decisa.',
    },
    in_review: {
      subject: 'Una persona esaminerà la Sua richiesta di rimborso',
      body: 'Una persona del nostro team esaminerà la Sua richiesta su {payment} e Le risponderà entro il {due}.',
    },
    question: {
      subject: 'Una domanda sulla Sua richiesta di rimborso',
      body: 'Per decidere sulla Sua richiesta relativa a {payment} abbiamo bisogno di un chiarimento.',
    },
    approved: {
      subject: 'Il Suo rimborso di {amount} è approvato',
      body: 'Stiamo inviando {amount} a {method}.',
    },
    denied: { subject: 'Sulla Sua richiesta di rimborso', body: 'Non possiamo rimborsare {payment}.' },
    handled: {
      subject: 'La Sua richiesta di rimborso è risolta',
      body: 'La Sua richiesta su {payment} è risolta.',
    },
    refunded: {
      subject: 'Il Suo rimborso di {amount} è stato inviato',
      body: 'Abbiamo inviato {amount} a {method}. Il tempo di arrivo dipende dalla banca.',
    },
    needs_bank_details: {
      subject: 'Per il rimborso ci servono le Sue coordinate bancarie',
      body: 'Per inviarLe {amount} dobbiamo sapere dove. Stripe Le ha inviato un’e-mail che chiede le Sue coordinate bancarie.',
    },
    failed: {
      subject: 'Il Suo rimborso di {amount} non è andato a buon fine',
      body: 'Abbiamo provato a inviare {amount} a {method} e non è riuscito. Una persona del nostro team se ne sta occupando; non deve fare nulla.',
    },
    bounced: {
      subject: 'La Sua banca ha respinto il rimborso di {amount}',
      body: 'La Sua banca ci ha rimandato {amount}, quindi il rimborso non Le è arrivato. Il Suo accesso resta come prima. Una persona del nostro team sta cercando un altro modo.',
    },
    withdrawn: {
      subject: 'La Sua richiesta è ritirata',
      body: 'Ha ritirato la Sua richiesta su {payment}. Nulla è stato rimborsato e nulla cambia.',
    },
    access_ended: {
      subject: 'Il Suo accesso è terminato',
      body: 'Con il rimborso è terminato il Suo accesso a {payment}, e con esso l’abbonamento. Non verrà addebitato altro.',
    },
    access_ends: {
      subject: 'Il Suo accesso termina il {until}',
      body: 'Con il rimborso il Suo abbonamento a {payment} non si rinnova. Può usarlo fino al {until}.',
    },
    withdrawal_received: {
      subject: 'Abbiamo ricevuto il Suo recesso',
      body: 'Confermiamo che la Sua dichiarazione ci è arrivata il {received_at}. Conservi questa e-mail: contiene il testo completo della Sua dichiarazione.',
    },
    sign_in: {
      subject: 'Il Suo link per {shop}',
      body: 'Con questo link vede i Suoi pagamenti e può chiedere un rimborso. Funziona una volta, per 10 minuti. Se non l’ha chiesto, non deve fare nulla.',
    },
  },
  labels: {
    payment: 'Pagamento',
    amount: 'Importo',
    method: 'Va a',
    expected: 'Previsto',
    reference: 'Riferimento bancario',
    answer_by: 'Risposta entro',
    access_until: 'Accesso fino al',
    received_at: 'Ricevuto',
    name: 'Nome',
    contract: 'Contratto',
    email: 'E-mail',
  },
  see: 'Vedi la richiesta',
  answer: 'Rispondi',
  open: 'Vedi i miei pagamenti',
  or_copy: 'Oppure copi questo indirizzo nel browser:',
  why_you: 'Riceve questa e-mail per una richiesta di rimborso di un pagamento a {shop}.',
  keep_link: 'Il link mostra la Sua richiesta a chiunque lo abbia: non lo inoltri.',
  original_method: 'il metodo di pagamento originale',
  card: 'carta',
}
