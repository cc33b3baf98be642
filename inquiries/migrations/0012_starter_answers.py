"""Six answers to begin with in each language, and the rights to work with answers for the roles that have them.

They come as drafts: nobody is offered one before a clinician has read and approved it.
"""

from django.db import migrations

from clinic.staff import roles

CARE_EN = """If you feel that you cannot go on, or think about ending your life, please do not wait for us. Call or text 988, day or night. It is free. If you or someone else is in danger now, call 911."""

CARE_ES = """Si siente que no puede más, o piensa en quitarse la vida, por favor no nos espere. Llame al 988 y oprima el 2, de día o de noche. Es gratis. Si usted u otra persona está en peligro ahora, llame al 911."""

# Name, topic, text
ENGLISH = [
    (
        "We have your question and are looking into it",
        "",
        f"""Hello {{name}},

Thank you for your question. Your reference is {{reference}}. A person here has read it, and we are looking into it. We will reply by {{due}}.

If you want to add something, call us at {{practice_phone}} and say your reference.

{CARE_EN}

{{practice_name}}""",
    ),
    (
        "Can the injections help with depression?",
        "treatment",
        f"""Hello {{name}},

Thank you for asking. Botulinum toxin (brand names include Botox) is not FDA-approved for depression. Using it for this is called "off-label". Some small studies found a benefit, and the largest one missed its main goal. So nobody can tell you in advance if it would help you. It also has risks, some of them serious.

Our pages about depression and about safety have the numbers. If you would like to talk it through with a clinician, call us at {{practice_phone}}. You can say no at any point.

Please go on with the treatment you have. Do not stop a medicine without talking to the person who prescribed it.

{CARE_EN}

{{practice_name}}""",
    ),
    (
        "Arranging a first visit",
        "appointment",
        f"""Hello {{name}},

To find a time for a first visit, please call us at {{practice_phone}}. Your reference is {{reference}}.

The visit begins with a talk. It decides if an injection makes sense at all, and you can say no. If you ask about depression: botulinum toxin is not FDA-approved for it, so this would be an off-label use.

Please bring a list of your medicines with the doses, the names of your doctor and your therapist, and the date of any toxin treatment you have had. Tell us if you are pregnant, plan to be, or are breastfeeding.

{CARE_EN}

{{practice_name}}""",
    ),
    (
        "What it costs, and insurance",
        "billing",
        f"""Hello {{name}},

You asked what a treatment costs. Please call us at {{practice_phone}} and ask for the price in writing. Ask also what it includes, what follow-up costs, and what happens if you change your mind.

If you ask about depression: botulinum toxin is not FDA-approved for it. Insurance often does not pay for such an off-label use. Expect to pay yourself, unless your plan says yes in writing.

{CARE_EN}

{{practice_name}}""",
    ),
    (
        "Referring a patient",
        "referral",
        f"""Hello {{name}},

Thank you for asking about a referral. Your reference is {{reference}}. Please call us at {{practice_phone}}, so that no details about your patient go through email.

Botulinum toxin is not FDA-approved for depression. We see it as an off-label use with an uncertain benefit, next to other care and not in its place. Your patient decides, after a talk, and can say no.

If your patient is in danger now, please do not wait for us: call 911, or call or text 988.

{{practice_name}}""",
    ),
    (
        "We tried to call you",
        "",
        f"""Hello {{name}},

We tried to reach you about your question and could not. Your reference is {{reference}}. Please call us at {{practice_phone}} when it suits you, or write to us again and say when we may call.

{CARE_EN}

{{practice_name}}""",
    ),
]

SPANISH = [
    (
        "Tenemos su pregunta y la estamos viendo",
        "",
        f"""Hola, {{name}}:

Gracias por su pregunta. Su referencia es {{reference}}. Una persona de nuestro equipo ya la leyó y la estamos viendo. Le responderemos a más tardar el {{due}}.

Si quiere agregar algo, llámenos al {{practice_phone}} y diga su referencia.

{CARE_ES}

{{practice_name}}""",
    ),
    (
        "¿Pueden ayudar las inyecciones con la depresión?",
        "treatment",
        f"""Hola, {{name}}:

Gracias por preguntar. La toxina botulínica (Botox es una de sus marcas) no está aprobada por la FDA para la depresión. Usarla para esto se llama uso "fuera de indicación" (off-label). Algunos estudios pequeños encontraron un beneficio, y el más grande no alcanzó su objetivo principal. Por eso nadie puede decirle de antemano si le ayudaría. También tiene riesgos, y algunos son graves.

Nuestras páginas sobre la depresión y sobre la seguridad, que están en inglés, dan las cifras. Si desea hablarlo con un profesional clínico, llámenos al {{practice_phone}}. Puede decir que no en cualquier momento.

Por favor, siga con el tratamiento que tiene. No deje ninguna medicina sin hablar con la persona que se la recetó.

{CARE_ES}

{{practice_name}}""",
    ),
    (
        "Para acordar una primera visita",
        "appointment",
        f"""Hola, {{name}}:

Para buscar una hora para la primera visita, llámenos al {{practice_phone}}. Su referencia es {{reference}}.

La visita empieza con una conversación. En ella se decide si una inyección tiene sentido, y usted puede decir que no. Si pregunta por la depresión: la toxina botulínica no está aprobada por la FDA para ella, así que sería un uso fuera de indicación (off-label).

Traiga, por favor, una lista de sus medicinas con las dosis, los nombres de su médico y de su terapeuta, y la fecha de cualquier tratamiento con toxina que haya recibido. Díganos si está embarazada, si piensa estarlo o si da el pecho.

{CARE_ES}

{{practice_name}}""",
    ),
    (
        "Cuánto cuesta, y el seguro",
        "billing",
        f"""Hola, {{name}}:

Nos preguntó cuánto cuesta un tratamiento. Llámenos al {{practice_phone}} y pida el precio por escrito. Pregunte también qué incluye, cuánto cuestan las visitas siguientes y qué pasa si cambia de opinión.

Si pregunta por la depresión: la toxina botulínica no está aprobada por la FDA para ella. El seguro muchas veces no paga un uso fuera de indicación (off-label) como este. Cuente con pagar usted, a menos que su plan diga que sí por escrito.

{CARE_ES}

{{practice_name}}""",
    ),
    (
        "Para enviarnos a un paciente",
        "referral",
        f"""Hola, {{name}}:

Gracias por preguntar cómo enviarnos a un paciente. Su referencia es {{reference}}. Llámenos, por favor, al {{practice_phone}}, para que ningún dato de su paciente pase por el correo electrónico.

La toxina botulínica no está aprobada por la FDA para la depresión. Es un uso fuera de indicación (off-label), con un beneficio incierto, que acompaña a otros cuidados y no los reemplaza. Su paciente decide, después de una conversación, y puede decir que no.

Si su paciente está en peligro ahora, por favor no nos espere: llame al 911, o llame al 988 y oprima el 2.

{{practice_name}}""",
    ),
    (
        "Intentamos llamarle",
        "",
        f"""Hola, {{name}}:

Intentamos comunicarnos con usted sobre su pregunta y no pudimos. Su referencia es {{reference}}. Llámenos al {{practice_phone}} cuando le convenga, o escríbanos otra vez y díganos cuándo podemos llamarle.

{CARE_ES}

{{practice_name}}""",
    ),
]


def add_starters(apps, schema_editor):
    Answer, AnswerVersion = apps.get_model("inquiries", "Answer"), apps.get_model("inquiries", "AnswerVersion")
    for language, starters in (("en", ENGLISH), ("es", SPANISH)):
        for name, topic, text in starters:
            answer, is_new = Answer.objects.get_or_create(language=language, name=name, defaults={"topic": topic})
            if is_new:
                AnswerVersion.objects.create(answer=answer, number=1, text=text)


def give_rights(apps, schema_editor):
    words = ("view_answer", "add_answer", "change_answer", "approve_answer")
    roles.introduce(*(f"inquiries.{word}" for word in words))


class Migration(migrations.Migration):

    dependencies = [
        ("inquiries", "0011_prepared_answers"),
        ("staff", "0003_roles"),
    ]

    operations = [
        migrations.RunPython(add_starters, migrations.RunPython.noop),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
