import type { MailWords } from './words.ts'

export const es: MailWords = {
  letters: {
    received: {
      subject: 'Hemos recibido su solicitud de reembolso',
      body: 'Hemos recibido su solicitud sobre {payment}. Le escribiremos en cuanto se haya decidido.',
    },
    in_review: {
      subject: 'Una persona revisará su solicitud de reembolso',
      body: 'Una persona de nuestro equipo revisará su solicitud sobre {payment} y le responderá a más tardar el {due}.',
    },
    question: {
      subject: 'Una pregunta sobre su solicitud de reembolso',
      body: 'Para decidir su solicitud sobre {payment} necesitamos que nos aclare algo.',
    },
    approved: {
      subject: 'Su reembolso de {amount} está aprobado',
      body: 'Enviamos {amount} de vuelta a {method}.',
    },
    denied: { subject: 'Sobre su solicitud de reembolso', body: 'No podemos reembolsar {payment}.' },
    handled: {
      subject: 'Su solicitud de reembolso está resuelta',
      body: 'Su solicitud sobre {payment} está resuelta.',
    },
    refunded: {
      subject: 'Su reembolso de {amount} está enviado',
      body: 'Hemos enviado {amount} a {method}. Lo que tarde en llegar depende del banco.',
    },
    needs_bank_details: {
      subject: 'Necesitamos sus datos bancarios para el reembolso',
      body: 'Para enviarle {amount} necesitamos saber adónde. Stripe le ha enviado un correo que pide sus datos bancarios.',
    },
    failed: {
      subject: 'Su reembolso de {amount} no se pudo completar',
      body: 'Intentamos enviar {amount} a {method} y no fue posible. Alguien de nuestro equipo se está ocupando; no tiene que hacer nada.',
    },
    bounced: {
      subject: 'Su banco devolvió el reembolso de {amount}',
      body: 'Su banco nos devolvió {amount}, así que el reembolso no le ha llegado. Su acceso sigue como antes. Alguien de nuestro equipo está buscando otra manera.',
    },
    withdrawn: {
      subject: 'Su solicitud está retirada',
      body: 'Ha retirado su solicitud sobre {payment}. No se ha reembolsado nada y nada cambia.',
    },
    access_ended: {
      subject: 'Su acceso ha terminado',
      body: 'Con el reembolso ha terminado su acceso a {payment}, y con él su suscripción. No se cobrará nada más.',
    },
    access_ends: {
      subject: 'Su acceso termina el {until}',
      body: 'Con el reembolso su suscripción de {payment} no se renovará. Puede usarla hasta el {until}.',
    },
    withdrawal_received: {
      subject: 'Hemos recibido su desistimiento',
      body: 'Confirmamos que su declaración nos llegó el {received_at}. Guarde este correo: contiene el texto completo de su declaración.',
    },
    sign_in: {
      subject: 'Su enlace a {shop}',
      body: 'Con este enlace ve sus pagos y puede pedir un reembolso. Sirve una vez, durante 10 minutos. Si no lo ha pedido, no tiene que hacer nada.',
    },
  },
  labels: {
    payment: 'Pago',
    amount: 'Importe',
    method: 'Va a',
    expected: 'Previsto',
    reference: 'Referencia bancaria',
    answer_by: 'Respuesta a más tardar',
    access_until: 'Acceso hasta',
    received_at: 'Recibido',
    name: 'Nombre',
    contract: 'Contrato',
    email: 'Correo',
  },
  see: 'Ver mi solicitud',
  answer: 'Responder',
  open: 'Ver mis pagos',
  or_copy: 'O copie esta dirección en su navegador:',
  why_you: 'Recibe este correo por una solicitud de reembolso de un pago a {shop}.',
  keep_link: 'El enlace muestra su solicitud a quien lo tenga: no lo comparta.',
  original_method: 'el medio de pago original',
  card: 'tarjeta',
}
