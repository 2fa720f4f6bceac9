import type { MailWords } from './words.ts'

export const pl: MailWords = {
  letters: {
    received: {
      subject: 'Mamy Twoją prośbę o zwrot',
      body: 'Mamy Twoją prośbę dotyczącą: {payment}. Odezwiemy się, gdy tylko zapadnie decyzja.',
    },
    in_review: {
      subject: 'Twoją prośbę rozpatrzy człowiek',
      body: 'Osoba z naszego zespołu rozpatrzy Twoją prośbę dotyczącą: {payment} i odpowie do {due}.',
    },
    question: {
      subject: 'Pytanie o Twoją prośbę o zwrot',
      body: 'Aby rozpatrzyć Twoją prośbę dotyczącą: {payment}, potrzebujemy od Ciebie wyjaśnienia.',
    },
    approved: {
      subject: 'Zwrot {amount} został przyznany',
      body: 'Wysyłamy {amount} na: {method}.',
    },
    denied: { subject: 'W sprawie Twojej prośby o zwrot', body: 'Nie możemy zwrócić płatności: {payment}.' },
    handled: {
      subject: 'Państwa prośba o zwrot została załatwiona',
      body: 'Państwa prośba dotycząca {payment} została załatwiona.',
    },
    refunded: {
      subject: 'Zwrot {amount} został wysłany',
      body: 'Wysłaliśmy {amount} na: {method}. To, jak szybko dotrze, zależy od banku.',
    },
    needs_bank_details: {
      subject: 'Do zwrotu potrzebujemy Twoich danych bankowych',
      body: 'Aby wysłać Ci {amount}, musimy wiedzieć dokąd. Stripe wysłał Ci e-mail z prośbą o dane bankowe.',
    },
    failed: {
      subject: 'Zwrot {amount} się nie powiódł',
      body: 'Próbowaliśmy wysłać {amount} na: {method}, ale się nie udało. Zajmuje się tym ktoś z naszego zespołu; nie musisz nic robić.',
    },
    bounced: {
      subject: 'Twój bank odesłał zwrot {amount}',
      body: 'Twój bank odesłał nam {amount}, więc zwrot do Ciebie nie dotarł. Twój dostęp jest taki jak wcześniej. Ktoś z naszego zespołu szuka teraz innego sposobu.',
    },
    withdrawn: {
      subject: 'Twoja prośba została wycofana',
      body: 'Wycofano Twoją prośbę dotyczącą: {payment}. Nic nie zostało zwrócone i nic się nie zmienia.',
    },
    access_ended: {
      subject: 'Twój dostęp się zakończył',
      body: 'Wraz ze zwrotem zakończył się Twój dostęp do: {payment}, a z nim subskrypcja. Nic więcej nie zostanie pobrane.',
    },
    access_ends: {
      subject: 'Twój dostęp kończy się {until}',
      body: 'Wraz ze zwrotem subskrypcja {payment} nie odnowi się. Możesz z niej korzystać do {until}.',
    },
    withdrawal_received: {
      subject: 'Otrzymaliśmy Twoje odstąpienie od umowy',
      body: 'Potwierdzamy, że Twoje oświadczenie dotarło do nas {received_at}. Zachowaj ten e-mail: zawiera pełną treść Twojego oświadczenia.',
    },
    sign_in: {
      subject: 'Twój link do {shop}',
      body: 'Ten link pokazuje Twoje płatności i pozwala poprosić o zwrot. Działa raz, przez 10 minut. Jeśli o niego nie prosisz, nie musisz nic robić.',
    },
  },
  labels: {
    payment: 'Płatność',
    amount: 'Kwota',
    method: 'Na',
    expected: 'Spodziewany',
    reference: 'Numer referencyjny banku',
    answer_by: 'Odpowiedź do',
    access_until: 'Dostęp do',
    received_at: 'Otrzymano',
    name: 'Imię i nazwisko',
    contract: 'Umowa',
    email: 'E-mail',
  },
  see: 'Zobacz prośbę',
  answer: 'Odpowiedz',
  open: 'Zobacz moje płatności',
  or_copy: 'Albo skopiuj ten adres do przeglądarki:',
  why_you: 'Dostajesz ten e-mail z powodu prośby o zwrot płatności na rzecz {shop}.',
  keep_link: 'Link pokazuje Twoją prośbę każdemu, kto go ma: nie przekazuj go dalej.',
  original_method: 'pierwotna metoda płatności',
  card: 'karta',
}
