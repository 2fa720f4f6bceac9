import type { MailWords } from './words.ts'

export const it: MailWords = {
  letters: {
    received: {
      subject: 'Abbiamo la tua richiesta di rimborso',
      body: 'Abbiamo la tua richiesta su {payment}. Ti scriviamo appena è decisa.',
    },
    in_review: {
      subject: 'Una persona esaminerà la tua richiesta',
      body: 'Una persona del nostro team esamina la tua richiesta su {payment} e risponde entro il {due}.',
    },
    question: {
      subject: 'Una domanda sulla tua richiesta di rimborso',
      body: 'Per decidere sulla tua richiesta relativa a {payment} abbiamo bisogno di un chiarimento.',
    },
    approved: {
      subject: 'Il tuo rimborso di {amount} è approvato',
      body: 'Stiamo inviando {amount} a {method}.',
    },
    denied: { subject: 'Sulla tua richiesta di rimborso', body: 'Non possiamo rimborsare {payment}.' },
    handled: {
      subject: 'La sua richiesta di rimborso è risolta',
      body: 'La sua richiesta su {payment} è risolta.',
    },
    refunded: {
      subject: 'Il tuo rimborso di {amount} è stato inviato',
      body: 'Abbiamo inviato {amount} a {method}. Il tempo di arrivo dipende dalla banca.',
    },
    needs_bank_details: {
      subject: 'Per il rimborso ci servono le tue coordinate bancarie',
      body: 'Per inviarti {amount} dobbiamo sapere dove. Stripe ti ha inviato un’e-mail che chiede le tue coordinate bancarie.',
    },
    failed: {
      subject: 'Il tuo rimborso di {amount} non è andato a buon fine',
      body: 'Abbiamo provato a inviare {amount} a {method} e non è riuscito. Qualcuno del nostro team se ne sta occupando; non devi fare nulla.',
    },
    bounced: {
      subject: 'La tua banca ha respinto il rimborso di {amount}',
      body: 'La tua banca ci ha rimandato {amount}, quindi il rimborso non ti è arrivato. Il tuo accesso resta come prima. Qualcuno del nostro team sta cercando un altro modo.',
    },
    withdrawn: {
      subject: 'La tua richiesta è ritirata',
      body: 'Hai ritirato la tua richiesta su {payment}. Nulla è stato rimborsato e nulla cambia.',
    },
    access_ended: {
      subject: 'Il tuo accesso è terminato',
      body: 'Con il rimborso è terminato il tuo accesso a {payment}, e con esso l’abbonamento. Non verrà addebitato altro.',
    },
    access_ends: {
      subject: 'Il tuo accesso termina il {until}',
      body: 'Con il rimborso il tuo abbonamento a {payment} non si rinnova. Puoi usarlo fino al {until}.',
    },
    withdrawal_received: {
      subject: 'Abbiamo ricevuto il tuo recesso',
      body: 'Confermiamo che la tua dichiarazione ci è arrivata il {received_at}. Conserva questa e-mail: contiene il testo completo della tua dichiarazione.',
    },
    sign_in: {
      subject: 'Il tuo link per {shop}',
      body: 'Con questo link vedi i tuoi pagamenti e puoi chiedere un rimborso. Funziona una volta, per 10 minuti. Se non l’hai chiesto, non devi fare nulla.',
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
  or_copy: 'Oppure copia questo indirizzo nel browser:',
  why_you: 'Ricevi questa e-mail per una richiesta di rimborso di un pagamento a {shop}.',
  keep_link: 'Il link mostra la tua richiesta a chiunque lo abbia: non inoltrarlo.',
  original_method: 'il metodo di pagamento originale',
  card: 'carta',
}
