"""The words of the patient's page, English and Spanish side by side, so that neither is changed without the other.

Where a time, a number or the clinic's phone number follows in the page, the words end with a space or a colon.
"""

WORDS: dict[str, tuple[str, str]] = {
    # --- Before the code
    "messages": ("Your messages", "Sus mensajes"),
    "error": ("Error: ", "Error: "),
    "problem": ("There is a problem", "Hay un problema"),
    "gate": (
        "To make sure that only you can read them, we send a code to the email address you gave us.",
        "Para que solo usted pueda leerlos, le enviamos un código a la dirección de correo que nos dio.",
    ),
    "send_code": ("Send me a code", "Enviarme un código"),
    "send_new_code": ("Send me a new code", "Enviarme un código nuevo"),
    "carried": (
        "What you wrote is not lost. It comes with you, and is in the box again after the code.",
        "Lo que escribió no se ha perdido. Pasa con usted y estará de nuevo en el recuadro después del código.",
    ),
    "enter_code": ("Enter your code", "Escriba su código"),
    "code_sent": (
        "We have sent an email with a code of six digits to the address you gave us. It works for ten minutes, on this "
        "page only.",
        "Le enviamos un correo con un código de seis dígitos a la dirección que nos dio. Sirve durante diez minutos, y "
        "solo en esta página.",
    ),
    "code": ("Code from the email", "Código del correo"),
    "code_hint": ("Six digits. You can paste it.", "Seis dígitos. Puede pegarlo."),
    "go_on": ("Continue", "Continuar"),
    "no_email": ("No email?", "¿No llegó el correo?"),
    "no_email_yet": (
        "It can take a minute or two. Look among your spam, too. You can also ask for another code",
        "Puede tardar uno o dos minutos. Busque también en el correo no deseado. También puede pedir otro código",
    ),
    "or_call": (", or call us: ", ", o llamarnos: "),
    "code_missing": ("Enter the code from the email", "Escriba el código del correo"),
    "code_shape": (
        "Enter all six digits of the code, and nothing else",
        "Escriba los seis dígitos del código, y nada más",
    ),
    "code_wrong": (
        "That is not the code we sent for this page. Check the newest email. You can try {left} more times",
        "Ese no es el código que enviamos para esta página. Mire el correo más reciente. Puede intentarlo {left} veces "
        "más",
    ),
    "code_wrong_last": (
        "That is not the code we sent for this page. Check the newest email. You can try once more",
        "Ese no es el código que enviamos para esta página. Mire el correo más reciente. Puede intentarlo una vez más",
    ),
    "code_locked": (
        "That was the fifth wrong code, so this one is locked. Ask for a new one.",
        "Fue el quinto código incorrecto, así que este quedó bloqueado. Pida uno nuevo.",
    ),
    "code_expired": (
        "This code is more than ten minutes old and does not work any more. Ask for a new one.",
        "Este código tiene más de diez minutos y ya no sirve. Pida uno nuevo.",
    ),
    "code_used": (
        "This code was used already: each works once. If your messages are open in another window, go on there. "
        "Otherwise ask for a new code.",
        "Este código ya se usó: cada uno sirve una sola vez. Si sus mensajes están abiertos en otra ventana, continúe "
        "allí. Si no, pida un código nuevo.",
    ),
    "too_many": (
        "We have sent many codes within an hour, so the next one has to wait. A code from the last ten minutes still "
        "works on the page that asked for it. You can ask for a new one from: {until}.",
        "Enviamos muchos códigos en una hora, así que el próximo tiene que esperar. Un código de los últimos diez "
        "minutos todavía sirve en la página que lo pidió. Puede pedir uno nuevo a partir de: {until}.",
    ),
    "ended": (
        "Nobody used this page for half an hour, so it locked itself to protect you. We have not received your "
        "message yet. Ask for a new code, then send it.",
        "Nadie usó esta página durante media hora, así que se cerró para protegerle. Todavía no hemos recibido su "
        "mensaje. Pida un código nuevo y envíelo después.",
    ),
    "stale_form": (
        "This page had been open for too long, or your browser did not keep a cookie, so nothing was sent. Everything "
        "you wrote is still here. Please try again. If this comes back, allow cookies for this site, or call us.",
        "Esta página estuvo abierta demasiado tiempo o su navegador no guardó una cookie, así que no se envió nada. "
        "Todo lo que escribió sigue aquí. Inténtelo de nuevo. Si vuelve a ocurrir, permita las cookies de este sitio "
        "o llámenos.",
    ),
    # --- Links that lead nowhere
    "gone": ("This link does not work", "Este enlace no funciona"),
    "gone_unknown": (
        "It may have been cut off on its way. Open it again from our email, or copy all of it.",
        "Tal vez se cortó en el camino. Ábralo de nuevo desde nuestro correo, o cópielo completo.",
    ),
    "gone_expired": (
        "It has expired. A link works for 30 days after the last message.",
        "Venció. Un enlace sirve durante 30 días después del último mensaje.",
    ),
    "gone_replaced": (
        "A newer one has taken its place, because your contact details changed. Look for our latest email.",
        "Uno más nuevo ocupó su lugar, porque sus datos de contacto cambiaron. Busque nuestro correo más reciente.",
    ),
    "gone_typed": (
        "We have not received what you wrote. Copy it from here before you go on:",
        "No hemos recibido lo que escribió. Cópielo de aquí antes de continuar:",
    ),
    "ask_for_link": ("Ask for your link again", "Pedir su enlace de nuevo"),
    "call_us": ("You can also call us: ", "También puede llamarnos: "),
    # --- A lost link
    "lost": ("Get the link to your messages", "Reciba el enlace a sus mensajes"),
    "lost_how": (
        "Tell us the reference we gave you and your email address. If they belong together, we send the link to that "
        "address.",
        "Díganos la referencia que le dimos y su dirección de correo. Si corresponden, enviamos el enlace a esa "
        "dirección.",
    ),
    "reference": ("Reference", "Referencia"),
    "reference_hint": (
        "Eight letters and digits. It is on your receipt and in our emails.",
        "Ocho letras y números. Está en su recibo y en nuestros correos.",
    ),
    "reference_missing": ("Enter your reference", "Escriba su referencia"),
    "reference_shape": (
        "Enter the reference as eight letters and digits",
        "Escriba la referencia: ocho letras y números",
    ),
    "email": ("Email address", "Dirección de correo electrónico"),
    "email_hint": ("The one you gave us with your question.", "La que nos dio con su pregunta."),
    "email_missing": ("Enter your email address", "Escriba su dirección de correo"),
    "email_shape": (
        "Enter an email address in the correct format, like name@example.com",
        "Escriba una dirección de correo con el formato correcto, como nombre@example.com",
    ),
    "send_link": ("Send me the link", "Enviarme el enlace"),
    "asked": ("Look at your email", "Mire su correo"),
    "asked_how": (
        "If the reference and the address belong together, the link is on its way. It can take a few minutes. We send "
        "it once in a quarter of an hour, so asking again at once brings nothing new.",
        "Si la referencia y la dirección corresponden, el enlace va en camino. Puede tardar unos minutos. Lo enviamos "
        "una vez cada cuarto de hora, así que pedirlo otra vez enseguida no cambia nada.",
    ),
    "asked_none": (
        "Nothing came? Look among your spam, and check the reference and the address.",
        "¿No llegó nada? Busque en el correo no deseado, y revise la referencia y la dirección.",
    ),
    "other_language": ("Español", "English"),
    # --- The messages
    "your_reference": ("Your reference: ", "Su referencia: "),
    "answer_by": ("We answer by ", "Respondemos a más tardar el "),
    "late": (
        "Our answer is late, and we are sorry. Please call us if you do not want to wait. We had promised it by ",
        "Nuestra respuesta está retrasada, y lo sentimos. Llámenos si no quiere esperar. La prometimos para el ",
    ),
    "answered": (
        "We have answered. Write back whenever you like.",
        "Hemos respondido. Escriba de nuevo cuando quiera.",
    ),
    "answered_more": ("We have answered, and we will write again.", "Hemos respondido y le escribiremos otra vez."),
    "answered_closed": (
        "We have answered, and closed this. If you write back, we open it again.",
        "Hemos respondido y lo cerramos. Si nos escribe, lo abrimos de nuevo.",
    ),
    "closed": (
        "Closed. If you write to us, we open it again.",
        "Cerrado. Si nos escribe, lo abrimos de nuevo.",
    ),
    "you": ("You", "Usted"),
    "you_asked_copy": ("You asked for a copy of what we keep.", "Pidió una copia de lo que guardamos."),
    "you_asked_deletion": ("You asked us to delete what we keep.", "Pidió que borremos lo que guardamos."),
    "you_asked_no_answer": ("You told us that you no longer need an answer.", "Nos dijo que ya no necesita respuesta."),
    "new_message": ("New", "Nuevo"),
    "write": ("Write to us", "Escríbanos"),
    "your_message": ("Your message", "Su mensaje"),
    "message_hint": (
        "A person at the clinic reads it. You can use up to {longest} characters.",
        "Lo lee una persona de la clínica. Puede usar hasta {longest} caracteres.",
    ),
    "message_missing": ("Write your message", "Escriba su mensaje"),
    "message_long": (
        "Your message is {length:,} characters. Shorten it by {over:,} to {longest:,} or fewer",
        "Su mensaje tiene {length:,} caracteres. Acórtelo en {over:,}, a {longest:,} o menos",
    ),
    "send": ("Send my message", "Enviar mi mensaje"),
    "locks": (
        "This page locks itself when nobody has used it for half an hour. What you typed stays here.",
        "Esta página se cierra cuando nadie la usa durante media hora. Lo que haya escrito se queda aquí.",
    ),
    "not_sent_yet": (
        "What you wrote is in the box below. We have not received it yet: select “Send my message”.",
        "Lo que escribió está en el recuadro de abajo. Todavía no lo hemos recibido: seleccione «Enviar mi mensaje».",
    ),
    "leave": ("Leave this page", "Salir de esta página"),
    "left": ("You have left your messages", "Ha salido de sus mensajes"),
    "left_how": (
        "Nobody can read them on this device now without a new code. To come back, use the link in our email. "
        "On a shared device, close this window, too.",
        "Ahora nadie puede leerlos en este dispositivo sin un código nuevo. Para volver, use el enlace de nuestro "
        "correo. Si el dispositivo es compartido, cierre también esta ventana.",
    ),
    # --- What a patient may ask for
    "more": ("Other things you can do", "Otras cosas que puede hacer"),
    "copy": ("Ask for a copy", "Pedir una copia"),
    "copy_how": (
        "A person at the clinic puts together what we keep about you here, and gets it to you.",
        "Una persona de la clínica reúne lo que guardamos aquí sobre usted y se lo hace llegar.",
    ),
    "copy_yes": ("Yes, ask for a copy", "Sí, pedir una copia"),
    "copy_done": ("We have your request for a copy.", "Recibimos su solicitud de una copia."),
    "deletion": ("Ask us to delete what we keep", "Pedir que borremos lo que guardamos"),
    "deletion_how": (
        "A person at the clinic looks at this first and writes to you. If the law asks us to keep a part, we tell you "
        "which. Once it is deleted, nobody can bring it back.",
        "Primero lo revisa una persona de la clínica y le escribe. Si la ley nos obliga a guardar una parte, le "
        "diremos cuál. Una vez borrado, nadie puede recuperarlo.",
    ),
    "deletion_yes": ("Yes, ask for deletion", "Sí, pedir que se borre"),
    "deletion_done": (
        "We have your request to delete what we keep.",
        "Recibimos su solicitud de borrar lo que guardamos.",
    ),
    "no_answer": ("I no longer need an answer", "Ya no necesito respuesta"),
    "no_answer_how": (
        "A person at the clinic will see this. You can write to us again at any time.",
        "Lo verá una persona de la clínica. Puede escribirnos de nuevo cuando quiera.",
    ),
    "no_answer_yes": ("Yes, I no longer need an answer", "Sí, ya no necesito respuesta"),
    "no_answer_done": ("Thank you for telling us.", "Gracias por avisarnos."),
    "sent_done": ("We have your message.", "Recibimos su mensaje."),
    "go_back": ("Back to your messages", "Volver a sus mensajes"),
    # --- Faults
    "unavailable": ("Something went wrong on our side", "Algo falló de nuestro lado"),
    "unavailable_typed": (
        "We could not make sure that your message was saved, so please take it as not received. Everything you wrote "
        "is still here. Wait a minute, then send it again, or call us. We keep it once, however often you send it.",
        "No pudimos comprobar que su mensaje se guardó, así que considérelo como no recibido. Todo lo que escribió "
        "sigue aquí. Espere un minuto y envíelo de nuevo, o llámenos. Lo guardamos una sola vez, aunque lo envíe "
        "varias veces.",
    ),
    "unavailable_how": (
        "It is not your fault. Wait a minute, then try again, or call us.",
        "No es culpa suya. Espere un minuto e inténtelo de nuevo, o llámenos.",
    ),
    "unavailable_call": ("Our number: ", "Nuestro número: "),
    "try_again": ("Try again", "Intentar de nuevo"),
    "trouble_long": (
        "What you sent was too long for us to read to its end, so we have not received it. The beginning is below. "
        "Shorten it, then send it again.",
        "Lo que envió era demasiado largo para leerlo hasta el final, así que no lo hemos recibido. El principio está "
        "abajo. Acórtelo y envíelo de nuevo.",
    ),
    "trouble_cut": (
        "Your message was cut off on its way, so we have not received it. What arrived is below. Complete it, then "
        "send it again.",
        "Su mensaje se cortó en el camino, así que no lo hemos recibido. Lo que llegó está abajo. Complételo y "
        "envíelo de nuevo.",
    ),
    "trouble_unsure": (
        "Your browser sent your message in an unusual way, so some characters may be wrong. We have not received it "
        "yet. Check your words below, then send it again.",
        "Su navegador envió el mensaje de una forma poco común, así que algunos caracteres pueden estar mal. Todavía "
        "no lo hemos recibido. Revise sus palabras abajo y envíelo de nuevo.",
    ),
    # --- Who wrote, as the roles are called in clinic/staff/roles.py
    "role_Clinician": ("Clinician", "Profesional clínico"),
    "role_Manager": ("Manager", "Gerencia"),
    "role_Front desk": ("Front desk", "Recepción"),
    "role_Clinic staff": ("Clinic staff", "Personal de la clínica"),
}


def _in(place: int) -> dict[str, str]:
    return {"lang": ("en", "es")[place], **{name: both[place] for name, both in WORDS.items()}}


_ENGLISH, _SPANISH = _in(0), _in(1)


def words(language: str) -> dict[str, str]:
    """Every text in Spanish for "es", else in English, by its name; `lang` is the language itself."""
    return _SPANISH if language == "es" else _ENGLISH
