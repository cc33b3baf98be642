"""One inquiry as a FHIR R4 Bundle, for another system of the clinic. docs/fhir.md says what stands where, and why.

bundle.py    the Bundle, checked by fhir.resources, and the Task: where the inquiry stands
people.py    who takes part: the writer, the patient, the clinic, and its staff by what they do
said.py      a Communication for each thing that was said
elements.py  what the others are made of
"""
