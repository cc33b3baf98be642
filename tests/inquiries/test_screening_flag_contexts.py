"""What makes a flag harmless reaches no further than it says: beside each example stands one that still counts."""

import pytest

from inquiries.screening import screen


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in screen(text).findings}


HARMLESS = [
    ("recent_botox", "Lip filler on Thursday, purple at one corner. What covers it?"),
    ("recent_botox", "I had my Botox consult with you last month and slept on it"),
    ("recent_botox", "I was in on Monday, they told me to think it over"),
    ("recent_botox", "Does sawdust bother the injection spots?"),
    ("recent_botox", "My surgeon has me on Lovenox shots since last week"),
    ("recent_botox", "Mi tía quiere ponerse botox el lunes"),
    ("recent_botox", "Ayer me puse a llorar en el trabajo"),
    ("recent_botox", "How many days after Botox does a bruise show?"),
    ("recent_botox", "I paid for the session last week but cancelled it"),
    ("recent_botox", "Had Botox twice in my thirties, not even a bruise"),
    ("botulinum_allergy_or_reaction", "What happens if somebody is allergic to Botox?"),
    ("botulinum_allergy_or_reaction", "My doctor told me Botox may help the twitch"),
    ("botulinum_allergy_or_reaction", "A bee stung me and my lips swelled, can I come to your office tomorrow?"),
    ("botulinum_allergy_or_reaction", "Can you say whether there is any reaction to Botox with lupus?"),
    ("botulinum_allergy_or_reaction", "My forehead has been itchy since Saturday's Botox, no rash"),
    ("botulinum_allergy_or_reaction", "Does Daxxify have fewer allergic reactions than Botox?"),
    ("anticoagulant", "Is Advil a blood thinner?"),
    ("under_18", "My parents do not know that I dropped out of college"),
    ("under_18", "I have a crease. My students (8th grade) draw it"),
    ("under_18", "We are eleven cousins and all of us frown"),
    ("under_18", "My twins turned 16 and I am exhausted"),
    ("under_18", "My sister's kid is 10 and laughed at my face"),
    ("under_18", "My union lost my teacher pension papers"),
    ("under_18", "Soy consejera en una secundaria, ¿reciben adolescentes?"),
    ("pregnancy_breastfeeding", "My baby is four months old, formula fed, and I am so tired postpartum"),
    ("pregnancy_breastfeeding", "Rent is due in the spring and so is the car"),
    ("pregnancy_breastfeeding", "Two lines between my eyebrows, that is all I want gone"),
    ("pregnancy_breastfeeding", "My army nursing days are over"),
    ("pregnancy_breastfeeding", "Tengo ligadura de trompas, el formulario insiste con el embarazo"),
    ("neuromuscular", "Please take ALS off my chart, I meant sign language"),
    ("neuromuscular", "My chart says myasthenia. They tested me and it was ruled out"),
    ("neuromuscular", "I have a nephew with ALS, I am fine"),
    ("neuromuscular", "On Lexapro 20 mg since May"),
    ("neuromuscular", "Preguntan por miastenia y distrofia, ninguna de esas"),
    ("anticoagulant", "I used to take warfarin but they took me off two years ago"),
    ("anticoagulant", "I marked blood thinner yes by mistake"),
    ("anticoagulant", "El Eliquis lo toma mi papá, yo vengo por la frente"),
    ("psychiatric_medication", "I have been off antidepressants since 2018, does it matter?"),
    ("psychiatric_medication", "I had Zoloft for a while in college"),
    ("psychiatric_medication", "La doctora me ofreció un antidepresivo y me dio miedo"),
    ("psychiatric_medication", "Fui paciente psiquiátrico de joven"),
    ("skin_infection", "They offered me the shingles jab at work"),
    ("aminoglycoside_or_relaxant", "The muscle relaxers on the list are my husband's"),
    ("under_18", "My mom's there on Tuesdays, which bus stops near you?"),
    ("under_18", "Can my dad's caregiver sign the forms?"),
    ("under_18", "My teacher from yoga recommended you"),
    ("under_18", "My adult daughter needs her guardian there, is that fine?"),
    ("under_18", "I am 13, the patient is my mom"),
    ("under_18", "They are 9 and 12, is there a corner with toys?"),
    ("under_18", "Me dio clases en la prepa y ahora viene con ustedes"),
    ("pregnancy_breastfeeding", "Wife's pregnant and I feel nothing at all"),
    ("pregnancy_breastfeeding", "We stopped IVF for good this spring and I am flat"),
    ("pregnancy_breastfeeding", "I dropped out of nursing and began to paint"),
    ("skin_infection", "A small bump over my brow is sore if I push on it"),
    ("recent_botox", "Se me puso la mano dormida ayer y me falta el aire, voy en el elevador"),
    ("recent_botox", "Ayer fui al mercado con la frente en alto"),
    ("recent_botox", "¿Da moretones la inyección?"),
    ("recent_botox", "I have felt like a failure since I left the army"),
    ("botulinum_allergy_or_reaction", "Took ibuprofen for the first time and got hives all over"),
    ("botulinum_allergy_or_reaction", "Day 2 after Botox, itchy exactly where you wiped, nowhere else"),
]

RAISED = [
    ("recent_botox", "Lip filler in May, and Botox from you on Thursday"),
    ("recent_botox", "After the consult I got my Botox three weeks ago"),
    ("recent_botox", "You did my forehead on Monday, they told me to take it easy"),
    ("recent_botox", "It itches where the shots went in"),
    ("recent_botox", "My mother had Botox on Monday and has a small bruise on her temple"),
    ("recent_botox", "A mi tía le pusieron botox el lunes y tiene un moretón en la ceja"),
    ("recent_botox", "Ayer me puse botox con ustedes"),
    ("recent_botox", "How many days does a bruise last? Mine is from the Botox you gave me on Friday"),
    ("recent_botox", "It was in my thirties that I began, and the last shots were three weeks ago"),
    ("botulinum_allergy_or_reaction", "My doctor told me never to have Botox again"),
    ("botulinum_allergy_or_reaction", "Forehead itchy since this morning's Botox and my lips are swelling"),
    ("botulinum_allergy_or_reaction", "Does Daxxify have albumin? I had an allergic reaction to Botox"),
    ("anticoagulant", "Is Eliquis a blood thinner? I take it"),
    ("botulinum_allergy_or_reaction", "My lips swelled after the Botox in your office"),
    (
        "botulinum_allergy_or_reaction",
        "I ended up in the ER after Xeomin, my throat swelled. Otherwise healthy, no meds",
    ),
    ("under_18", "I am 17 and my parents do not know that I wrote"),
    ("under_18", "My twins turned 16 and one of them is depressed, do you see them?"),
    ("under_18", "My sister's kid is 15 and lives with us, do you see her age? It is for her"),
    ("under_18", "My daughter is in 8th grade and so low. Do you see her age?"),
    ("under_18", "Soy consejera, busco para mi hija de 15 años, ¿la atienden?"),
    ("pregnancy_breastfeeding", "My baby gets formula at night and I am still nursing by day"),
    ("pregnancy_breastfeeding", "I am due in the spring with twins"),
    ("pregnancy_breastfeeding", "Two lines on the test this morning"),
    ("neuromuscular", "I have myasthenia but take no meds for it"),
    ("neuromuscular", "Myasthenia was not ruled out"),
    ("neuromuscular", "Ocular MG since 2016, no meds"),
    ("neuromuscular", "Tengo miastenia, ninguna otra enfermedad"),
    ("anticoagulant", "I used to take warfarin, now I take Eliquis"),
    ("anticoagulant", "My doctor has me on 81 aspirin every morning, is that what you mean by blood thinner"),
    ("anticoagulant", "Clopidogrel desde el infarto de hace tres años"),
    ("psychiatric_medication", "I have been off Zoloft since Friday"),
    ("psychiatric_medication", "I am a nursing student on Lexapro"),
    ("psychiatric_medication", "La doctora me ofreció un antidepresivo y lo tomo desde mayo, es sertralina"),
    ("psychiatric_medication", "Llevo con Besitran desde el verano"),
    ("skin_infection", "I had the shingles jab and now have a cold sore on my lip"),
    ("aminoglycoside_or_relaxant", "The Flexeril is my husband's. I take baclofen at night"),
    ("under_18", "I am the mother, 42, and my daughter is 15. Could she be treated?"),
    ("under_18", "Teacher here, but as a parent: my daughter, 14, is low. Could she get it?"),
    ("under_18", "soy de 17, cumplo en junio"),
    ("pregnancy_breastfeeding", "We stopped IVF in spring but we are trying again"),
    ("pregnancy_breastfeeding", "Tengo dos semanas de retraso, ¿voy a la cita?"),
    ("skin_infection", "A bump over my brow is sore if I push on it, and pus comes out"),
    ("recent_botox", "Your sheet says no lying down and I fell asleep"),
    ("recent_botox", "A week out, slight headache, is that usual?"),
    ("recent_botox", "I am two months past my last injection and feel well"),
    ("recent_botox", "Tengo un lado más tieso que el otro, hace 8 días"),
    ("recent_botox", "Dos días después de inyectarme me sentí como con gripa"),
    ("botulinum_allergy_or_reaction", "Day 2 after Botox, itchy and now hives all over my chest"),
]


@pytest.mark.parametrize(("flag", "text"), HARMLESS)
def test_words_that_only_sound_like_a_flag_raise_none(flag: str, text: str) -> None:
    assert flag not in kinds(text)


@pytest.mark.parametrize(("flag", "text"), RAISED)
def test_the_same_words_said_of_the_patient_now_raise_the_flag(flag: str, text: str) -> None:
    assert flag in kinds(text)
