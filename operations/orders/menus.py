"""Words of the trade: categories and their dishes, names of people and places, notes."""

# Category: usual price in cents, whether it is sold by weight, dishes.
MENUS: dict[str, tuple[int, bool, tuple[str, ...]]] = {
    "pizza": (1150, False, ("Margherita", "Marinara", "Diavola", "Quattro Formaggi", "Ortolana")),
    "burger": (1090, False, ("Classic", "Cheese", "Smoky Bacon", "Halloumi", "Double")),
    "sushi": (1890, False, ("Salmon Nigiri", "Maki Mix", "Tuna Roll", "Veggie Box", "Omakase Box")),
    "curry": (1290, False, ("Dal Makhani", "Butter Chicken", "Saag Paneer", "Madras", "Korma")),
    "pasta": (1190, False, ("Carbonara", "Pesto", "Arrabbiata", "Cacio e Pepe", "Lasagne")),
    "kebab": (890, False, ("Döner", "Adana", "Falafel Wrap", "Gyros", "Mixed Plate")),
    "salad": (1590, True, ("Greek", "Caesar", "Quinoa", "Niçoise", "Beetroot")),
    "grill": (2990, True, ("Ribs", "Whole Chicken", "Lamb Chops", "Picanha", "Sea Bream")),
    "dessert": (
        590,
        False,
        ("Tiramisù", "Crème Brûlée", "Baklava", "Pastel de Nata", "Cheesecake"),
    ),
    "drinks": (390, False, ("Lemonade", "Iced Tea", "Cola", "Sparkling Water", "Mango Lassi")),
}
CATEGORIES = tuple(MENUS)

FIRST_NAMES = (
    *("Ana", "João", "Marta", "Diego", "Léa", "Louis", "Emma", "Oliver", "Aoife", "Seán"),
    *("Sanne", "Daan", "Lena", "Jonas", "Anna", "Lukas", "Giulia", "Marco", "Elsa", "Björn"),
    *("Zofia", "Jakub", "Eleni", "Nikos", "Yasmin", "Omar", "Mei", "Wei", "Priya", "Arjun"),
)
LAST_NAMES = (
    *("Silva", "Santos", "García", "Fernández", "Martin", "Dubois", "Smith", "Taylor", "Murphy"),
    *("Walsh", "Jansen", "Visser", "Müller", "Schmidt", "Gruber", "Huber", "Rossi", "Bianchi"),
    *("Andersson", "Lindqvist", "Kowalski", "Nowak", "Papadopoulos", "Georgiou", "Haddad"),
    *("Yılmaz", "Chen", "Nguyen", "Patel", "Sharma"),  # noqa: RUF001
)
HOUSES = ("Casa", "The Little", "Chez", "Café", "Corner", "Golden", "Old Town", "Harbour")
COMMENTS = {
    1: ("Cold, and an hour late.", "Half of it was missing."),
    2: ("Not what I ordered.", "Too salty."),
    3: ("Fine.", "Good food, slow ride."),
    4: ("Very good.", "Hot and on time."),
    5: ("Excellent!", "Best in town 🍕", "ممتاز، شكراً"),
}

PLAIN_NOTES = (
    "Please ring twice.",
    "No onions, please.",
    'Door code is "4711".',
    "Leave it at the desk.\nThank you!",
    "Sin cebolla, por favor.",
    "Bitte klingeln, 3. Stock.",
    "Sem picante, obrigado.",
    "Happy birthday!",
)
EMOJI_NOTES = ("Happy birthday 🎂🎉", "🙏🏽 thank you", "👨‍👩‍👧‍👦 four forks", "🇵🇹 obrigada ❤️")
RIGHT_TO_LEFT_NOTES = ("شكراً جزيلاً", "בלי בצל בבקשה", "‏مرحبا، الباب الثاني‎", "תודה רבה!")
# Index 0 is the default; the order is part of what a seed means.
NOTES = ("", *PLAIN_NOTES, *EMOJI_NOTES, *RIGHT_TO_LEFT_NOTES)
FIRST_EMOJI = 1 + len(PLAIN_NOTES)
FIRST_RIGHT_TO_LEFT = FIRST_EMOJI + len(EMOJI_NOTES)
