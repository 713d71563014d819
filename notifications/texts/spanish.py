"""Español, de usted.

Palabras: request = solicitud; ticket (de nuestro lado) = ticket; protocol = número de seguimiento; deadline = plazo; target =
objetivo; first response = primera respuesta; next response = siguiente respuesta; regular update = novedades periódicas;
resolution = solución; business hours = horas hábiles (lo que se cuenta), horario de atención (cuándo se atiende); missed =
vencido; escalated = escalado; owner = responsable; desk = nuestro soporte, por su nombre.
"""

TEXTS = {
    "ticket_opened": (
        "Hemos recibido su solicitud n.º {number}: {summary}",
        """
{greeting}

Hemos registrado su solicitud **{summary}**. Su número es **{number}** y le sirve para el seguimiento.

{promise}

{scope}

Ahora estamos cerrados; abrimos el **{opens_at}**. Su solicitud espera hasta entonces; no tiene que hacer nada.

¿No puede esperar? El trabajo ahora se cobra por hora, a {rate}: primero lo presupuestamos, y empezamos solo cuando lo acepte.

[Pedir trabajo ahora]({night_url})

[Seguir la solicitud]({ticket_url})

{sharing}
""",
    ),
    "contact_declined": (
        "Su mensaje a {desk} no ha abierto ninguna solicitud",
        """
{greeting}

Gracias por escribirnos. Su mensaje «{summary}» **no** se ha registrado como solicitud.

{reason}

[Abrir una solicitud en el portal]({portal_url})
""",
    ),
    "chat_transcript": (
        "Su chat n.º {number}: {summary}",
        """
{greeting}

Esto es lo que se dijo en su chat con {desk}:

> {transcript}

[Abrir en el portal]({ticket_url})
""",
    ),
    "ticket_merged": (
        "Su solicitud n.º {number} continúa en la n.º {other_number}",
        """
{greeting}

Hemos unido su solicitud **n.º {number}: {summary}** a la **n.º {other_number}: {other_summary}** y seguimos en la n.º {other_number}, con todo lo que usted escribió.

[Abrir la solicitud]({ticket_url})

No tiene que hacer nada: la respuesta a cualquiera de nuestros correos llega allí.
""",
    ),
    "ticket_unmerged": (
        "Su solicitud n.º {number} vuelve a ser una solicitud propia",
        """
{greeting}

Habíamos unido su solicitud **n.º {number}: {summary}** con la n.º {other_number}. Fue un error: vuelve a ser una solicitud propia, con su propio plazo.

[Abrir la solicitud]({ticket_url})
""",
    ),
    "handed_over": (
        "Pasada a su equipo: n.º {number} {summary}",
        """
{greeting}

{author} pasó **n.º {number}: {summary}** a su equipo, {team}.

> {message}

El plazo es {due_at}.

[Abrir la solicitud]({ticket_url})
""",
    ),
    "ticket_replied": (
        "Respuesta a su solicitud n.º {number}: {summary}",
        """
{greeting}

{author} ha respondido a su solicitud **n.º {number}**:

> {message}

[Leer y responder]({ticket_url})
""",
    ),
    "request_incomplete": (
        "Nos falta algo para la solicitud n.º {number}: {summary}",
        """
{greeting}

Para trabajar en su solicitud **n.º {number}** todavía necesitamos:

> {missing}

Nuestro plazo de respuesta empieza cuando lo tengamos.

[Completar la solicitud]({ticket_url})
""",
    ),
    "secret_masked": (
        "Hemos ocultado un dato secreto en la solicitud n.º {number}: {summary}",
        """
{greeting}

Su mensaje en la solicitud **n.º {number}** contenía lo que parece una contraseña, una clave o un número de tarjeta.
Lo hemos ocultado antes de guardarlo.

No envíe nunca datos secretos al soporte y cambie el que envió.

[Ver la solicitud]({ticket_url})
""",
    ),
    "files_refused": (
        "Algunos archivos no se guardaron: n.º {number}: {summary}",
        """
{greeting}

Su mensaje llegó a la solicitud **n.º {number}**, pero no se pudieron guardar todos sus archivos:

> {refused}

[Adjuntarlos de otra manera]({ticket_url})
""",
    ),
    "silence_reminder": (
        "¿Todavía necesita ayuda con la solicitud n.º {number}: {summary}?",
        """
{greeting}

Esperamos su respuesta en la solicitud **n.º {number}**, {summary}.

Si no tenemos noticias suyas, se cerrará automáticamente el **{closes_at}**.

[Todavía necesito ayuda]({still_url})

[Está resuelta, pueden cerrarla]({solved_url})

[Leer y responder]({ticket_url})
""",
    ),
    "silence_closed": (
        "La solicitud n.º {number} se ha cerrado: {summary}",
        """
{greeting}

No hemos recibido su respuesta, así que la solicitud **n.º {number}**, {summary}, queda cerrada.

¿Todavía necesita ayuda? Escriba en la solicitud y seguimos donde lo dejamos.

[Abrir la solicitud]({ticket_url})
""",
    ),
    "silence_closed_staff": (
        "El n.º {number} se cerró solo: {summary}",
        """
El ticket **n.º {number}**, {summary}, de {requester} se cerró automáticamente.

Empresa: {company}

{reason}

[Abrir el ticket]({ticket_url})
""",
    ),
    "ticket_closed_staff": (
        "El n.º {number} está cerrado: {summary}",
        """
{author} cerró el ticket **n.º {number}**, {summary}.

Empresa: {company}

[Abrir el ticket]({ticket_url})
""",
    ),
    "ticket_resolved": (
        "La solicitud n.º {number} está resuelta: {summary}",
        """
{greeting}

Hemos resuelto su solicitud **n.º {number}**. Esta es la solución:

> {solution}

[¿Qué tan satisfecho está con nuestra ayuda?]({rate_url})

¿Algo sigue sin funcionar? Responda en la solicitud y continuamos desde ahí.

Si no escribe nada más, se cerrará automáticamente el **{closes_at}**.

[Leer la solicitud]({ticket_url})
""",
    ),
    "ticket_reopened": (
        "La solicitud n.º {number} está abierta de nuevo: {summary}",
        """
{greeting}

La solicitud **n.º {number}**, {summary}, está abierta de nuevo.

Reabierta por {author}.

> {because}

[Abrir la solicitud]({ticket_url})
""",
    ),
    "ticket_closed": (
        "La solicitud n.º {number} está cerrada: {summary}",
        """
{greeting}

Su solicitud **n.º {number}**, {summary}, está cerrada. Puede consultarla cuando quiera.

> {solution}

[Leer la solicitud]({ticket_url})
""",
    ),
    "deadline_moved": (
        "Nuevo plazo para su solicitud n.º {number}: {summary}",
        """
{greeting}

El plazo prometido para su solicitud **n.º {number}** ha cambiado: {metric} a más tardar el **{due_at}**.

Antes era el {was_due_at}.

{because}

[Ver la solicitud]({ticket_url})
""",
    ),
    "expected_by": (
        "Cuándo esperamos resolver la solicitud n.º {number}: {summary}",
        """
{greeting}

Esperamos resolver su solicitud **n.º {number}** a más tardar el **{expected_at}**.

Antes esperábamos resolverla el {was_expected_at}.

> {because}

[Ver la solicitud]({ticket_url})
""",
    ),
    "rated": (
        "{score} de 5 ({rating}) para el n.º {number}: {summary}",
        """
{requester} valoró nuestra ayuda en el ticket **n.º {number}**, {summary}: **{score} de 5**, {rating}.

Empresa: {company}

> {comment}

[Abrir el ticket]({ticket_url})
""",
    ),
    "customer_replied": (
        "{author} respondió en el n.º {number}: {summary}",
        """
{author} escribió en el ticket **n.º {number}**, {summary}:

Empresa: {company}

> {message}

[Abrir el ticket]({ticket_url})
""",
    ),
    "assigned": (
        "Ahora es suyo: n.º {number} {summary}",
        """
{greeting}

El ticket **n.º {number}**, {summary}, le ha sido asignado.

Asignado por {author}.

Empresa: {company}

Próximo plazo: **{due_at}**

[Abrir el ticket]({ticket_url})
""",
    ),
    "deadline_warning": (
        "Plazo próximo en el n.º {number} ({metric}): {summary}",
        """
El plazo del ticket **n.º {number}**, {summary}, ({metric}) termina el **{due_at}**.

Empresa: {company}

Responsable: {owner}

[Abrir el ticket]({ticket_url})
""",
    ),
    "deadline_breached": (
        "Plazo vencido en el n.º {number} ({metric}): {summary}",
        """
El plazo del ticket **n.º {number}**, {summary}, ({metric}) venció el **{due_at}**.

Empresa: {company}

Responsable: {owner}

[Abrir el ticket]({ticket_url})
""",
    ),
    "escalated": (
        "Escalado: n.º {number} {summary}",
        """
El ticket **n.º {number}**, {summary}, se ha escalado.

{because}

{change}

Empresa: {company}

Responsable: {owner}

[Abrir el ticket]({ticket_url})
""",
    ),
    "emergency_alert": (
        "EMERGENCIA #{number}: {summary}",
        """
{company}: una emergencia que nadie atiende todavía. **#{number}**, {summary}, de {requester}.

Lo que marcaron: {conditions}

Teléfono: {phone}

Esta es la alerta número {round}: nadie la ha asumido hasta ahora y también se avisa a los supervisores.

[La asumo yo]({claim_url})

El botón está en la página de este enlace. Quien lo pulse primero se queda con la emergencia. El enlace es solo suyo: no lo comparta.
""",
    ),
    "emergency_alerted": (
        "Emergencia #{number}: se ha alertado a toda la guardia",
        """
{greeting}

Su solicitud **#{number}**, {summary}, es una emergencia. Se ha alertado a toda la guardia y la asume el primero que pueda. Le diremos quién le atiende.

{free}

[Seguir la solicitud]({ticket_url})
""",
    ),
    "emergency_taken": (
        "{author} atiende su emergencia #{number}",
        """
{greeting}

**{author}** ha asumido su emergencia **#{number}**, {summary}, y ya la está atendiendo.

{free}

[Seguir la solicitud]({ticket_url})
""",
    ),
    "emergency_taken_staff": (
        "{author} ha asumido la emergencia #{number}",
        """
**{author}** ha asumido la emergencia **#{number}**, {summary}. Usted no tiene que hacer nada más.

Empresa: {company}

[Abrir el ticket]({ticket_url})
""",
    ),
    "feed_failed": (
        "No se puede leer el calendario «{feed}» de {company}",
        """
{greeting}

El calendario **{feed}** de {company} no se ha podido leer varias veces seguidas:

> {reason}

Las subastas que ya trajo quedan como están. Se sigue intentando solo, con menos frecuencia.

[Ver el calendario]({feed_url})
""",
    ),
    "webhook_switched_off": (
        "El webhook «{webhook}» se ha desactivado",
        """
{greeting}

El webhook **{webhook}** se ha desactivado. Informa a {address} de lo que ocurre aquí, y ya no lo lograba:

> {reason}

Lo que todavía no ha llegado se conserva y se puede volver a enviar;
de lo que ocurra desde ahora no se informa hasta que se active de nuevo.

[Ver el webhook]({webhook_url})
""",
    ),
    "reply_bounced": (
        "Una respuesta en el n.º {number} ha sido devuelta: {summary}",
        """
Una respuesta en el ticket **n.º {number}**, {summary}, no llegó a {recipient}.

> {reason}

[Abrir el ticket]({ticket_url})
""",
    ),
    "invitation": (
        "Le invitamos a {desk}",
        """
{greeting}

Hay una cuenta para usted en **{desk}**. Elija una contraseña y podrá entrar.

Invitación de {inviter}.

[Elegir una contraseña]({activate_url})

El enlace funciona hasta el {expires_at} y una sola vez.
""",
    ),
    "registration": (
        "Su cuenta en {desk}",
        """
{greeting}

Alguien, esperamos que usted, ha pedido una cuenta en **{desk}** con esta dirección, que es la de su compra.

[Activar la cuenta]({activate_url})

El enlace funciona hasta el {expires_at} y una sola vez. Si no fue usted, no haga nada: no se abre ninguna cuenta.
""",
    ),
    "account_known": (
        "Ya tiene una cuenta en {desk}",
        """
{greeting}

Alguien, esperamos que usted, ha pedido una cuenta en **{desk}** con esta dirección. Ya tiene una: entre con ella.

Si ya no recuerda la contraseña, elija una nueva.

[Elegir una contraseña nueva]({reset_url})

El enlace funciona hasta el {expires_at} y una sola vez. Si no fue usted, no haga nada.
""",
    ),
    "address_changed": (
        "Otra dirección para su cuenta en {desk}",
        """
{greeting}

Nuestro equipo ha cambiado la dirección que le identifica en **{desk}**.

Antes: {old}

Desde ahora: {new}

Motivo: {because}

Entre con la nueva dirección; su contraseña sigue siendo la misma. Si no lo pidió usted, respóndanos cuanto antes.
""",
    ),
    "password_reset": (
        "Una contraseña nueva para {desk}",
        """
{greeting}

Alguien, esperamos que usted, ha pedido una contraseña nueva en **{desk}**.

[Elegir una contraseña nueva]({reset_url})

El enlace funciona hasta el {expires_at} y una sola vez. Si no fue usted, no haga nada: su contraseña sigue siendo la misma.
""",
    ),
    "quote_wanted": (
        "Presupuesto solicitado para #{number}: {work}",
        """
{author} pide un presupuesto: **{work}**, para el ticket **#{number}**, {summary}.

Empresa: {company}

> {message}

[Escribir el presupuesto]({quote_url})
""",
    ),
    "quote_sent": (
        "Un presupuesto para su solicitud #{number}: {amount}",
        """
{greeting}

{author} le envía un presupuesto de **{work}** para la solicitud **#{number}**, {summary}:

> {message}

{hours}, {rate} por hora: **{amount}**. Es válido hasta el **{valid_until}**.

Solo empezamos cuando se haya aceptado. Sin ello no se cobra nada.

[Leer y decidir]({quote_url})
""",
    ),
    "quote_accepted": (
        "Aceptado: el presupuesto de la solicitud #{number}, {amount}",
        """
{greeting}

{author} ha aceptado el presupuesto de **{work}** de la solicitud **#{number}**, {summary}, el **{answered_at}**:

> {message}

{hours}, {rate} por hora: **{amount}**.

[Leer el presupuesto]({quote_url})
""",
    ),
    "quote_accepted_staff": (
        "#{number}: presupuesto aceptado, {work}, {amount}",
        """
{author} ha aceptado el presupuesto de **{work}** en **#{number}**, {summary}: {hours}, **{amount}**. Puede empezar.

Empresa: {company}

> {message}

[Abrir el presupuesto]({quote_url})
""",
    ),
    "quote_declined": (
        "Rechazado: el presupuesto de la solicitud #{number}",
        """
{greeting}

{author} ha rechazado el presupuesto de **{work}** de la solicitud **#{number}**, {summary}, el **{answered_at}**. No se cobra nada.

> {because}

[Leer el presupuesto]({quote_url})
""",
    ),
    "quote_declined_staff": (
        "#{number}: presupuesto rechazado, {work}",
        """
{author} ha rechazado el presupuesto de **{work}** en **#{number}**, {summary}: {amount}.

Empresa: {company}

> {because}

[Abrir el presupuesto]({quote_url})
""",
    ),
    "quote_ended": (
        "El presupuesto de la solicitud #{number} ha terminado",
        """
{greeting}

El presupuesto de **{work}** de la solicitud **#{number}**, {summary}, ya no es válido: {amount}. No se cobra nada.

Si todavía lo necesita, pida otro en la solicitud.

[Leer la solicitud]({ticket_url})
""",
    ),
    "quote_ended_staff": (
        "#{number}: el presupuesto ha caducado, {work}",
        """
El presupuesto de **{work}** en **#{number}**, {summary}, ha caducado sin respuesta: {amount}, válido hasta el {valid_until}.

Empresa: {company}

[Abrir el presupuesto]({quote_url})
""",
    ),
    "meeting_asked": (
        "Por decidir: {work} para #{number}, {summary}",
        """
{author} pide: **{work}**, deseada para el **{wished_at}**, {hours}.

Empresa: {company}

> {message}

[Decidir]({meeting_url})
""",
    ),
    "meeting_refused": (
        "No podemos realizarla dentro de su plan: {work}, solicitud #{number}",
        """
{greeting}

Hemos leído el orden del día de la solicitud **#{number}**, {summary}, y no lo aprobamos: **{work}**.

> {because}

¿Es necesaria de todos modos? Pida un presupuesto de horas de consultoría; se programa cuando lo haya aceptado.

[Verla, o insistir]({meeting_url})
""",
    ),
    "meeting_scheduled": (
        "{work}: {starts_at} (#{number})",
        """
{greeting}

**{work}** de **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Dónde: {place}

> {message}

[Ver]({meeting_url})
""",
    ),
    "meeting_scheduled_staff": (
        "{work}: {starts_at} (#{number})",
        """
**{work}** de **#{number}**, {summary}: **{starts_at}**, {hours}. {attached}

Empresa: {company}

Dónde: {place}

> {message}

[Ver]({meeting_url})
""",
    ),
    "meeting_cancelled": (
        "Cancelada: {work}, {starts_at} (#{number})",
        """
{greeting}

**{work}** de **#{number}**, {summary}, el **{starts_at}** no tiene lugar.

> {because}

[Ver]({meeting_url})
""",
    ),
    "meeting_cancelled_staff": (
        "Cancelada: {work}, {starts_at} (#{number})",
        """
**{work}** de **#{number}**, {summary}, el **{starts_at}** no tiene lugar.

> {because}

[Ver]({meeting_url})
""",
    ),
    "developer_asked": (
        "¿Un desarrollador para #{number}? {summary}",
        """
{author} pide que **{developer}** vea **#{number}**, {summary}, para reunir requisitos. Se le avisa de cada mensaje suyo.

Empresa: {company}

> {because}

[Decidir]({developer_url})
""",
    ),
    "developer_invited": (
        "Requisitos por reunir: #{number}, {summary}",
        """
{greeting}

{author} le pide reunir los requisitos de **#{number}**, {summary}. El enlace muestra solo esta solicitud y permite preguntar al cliente. El gestor de cuentas lo acompaña.

> {because}

[Abrir la solicitud]({developer_url})
""",
    ),
    "developer_wrote": (
        "{developer} escribió en #{number}: {summary}",
        """
**{developer}** escribió al cliente de **#{number}**, {summary}:

Empresa: {company}

> {message}

[Abrir el ticket]({ticket_url})
""",
    ),
    "company_report": (
        "{company}: informe de servicio {month}",
        """
{greeting}

Este es el informe de **{company}** de {month}: {opened} solicitudes abiertas, {resolved} resueltas; {met} plazos cumplidos, {missed} incumplidos.

[Ver el informe, o guardarlo en PDF]({report_url})
""",
    ),
}
