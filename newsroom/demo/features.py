"""The features that surround the running story: our own words, about nobody, quoting nobody."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A story that surrounds the running one."""

    section: str
    headline: str
    kicker: str
    standfirst: str
    scene: str  # a key of PICTURES, or nothing for a story without a picture
    paragraphs: list[str] = field(default_factory=list)
    products: tuple[str, ...] = ()  # titles of what the local shop sells


FEATURES = [
    Feature(
        section="houses",
        headline="The long, quiet business of keeping a castle warm",
        kicker="Houses",
        standfirst="Shutters, boilers and a great many hot-water bottles: how old rooms get through a wet autumn.",
        scene="gates",
        paragraphs=[
            "A thick wall is a slow thing. It takes most of September to grow cold and most of April to grow warm, "
            "and everyone who has kept an old house plans the year around that delay.",
            "The trick, the housekeepers’ manuals agree, is never to let a room go. Doors are shut by four, shutters "
            "by five, and a fire that was lit on Monday is kept in until Sunday, however small.",
            "Modern boilers changed less than one would think. They sit in cellars that were dug for coal, and their "
            "pipes follow the servants’ stairs, because nobody has found a better way through nine feet of stone.",
        ],
    ),
    Feature(
        section="style",
        headline="Why the wide hat will not go away",
        kicker="Style",
        standfirst="It catches the wind, it blocks the view and it has outlived every prediction of its end.",
        scene="hat",
        paragraphs=[
            "A wide brim does one thing that no other piece of clothing does: it makes a frame. From across a lawn a "
            "face is a dot. Under a hat it is a portrait.",
            "Milliners talk about weight before they talk about colour. Anything over two hundred grams will be "
            "noticed by lunch, and anything under one hundred will leave on the first gust.",
            "So the craft is in the straw. It is woven wet, blocked warm and left for a week, and a good one can be "
            "sat upon once.",
        ],
        products=("Wide straw hat", "Walking umbrella"),
    ),
    Feature(
        section="gardens",
        headline="The borders that bloom for one afternoon in June",
        kicker="Gardens",
        standfirst="Eleven months of work, one garden party, and a great deal of looking at the sky.",
        scene="garden",
        paragraphs=[
            "A long border is a calendar laid on the ground. Each plant has its fortnight, and the gardener’s task "
            "is to make several of those fortnights fall on the same day.",
            "Half of what visitors admire was cut to the ground in May. The cut delays the flower by about three "
            "weeks, which is the difference between a good border and a good border on the right afternoon.",
            "By the evening the petals are on the grass. They are left there until morning, by old custom.",
        ],
    ),
    Feature(
        section="books",
        headline="Royal lives worth their shelf",
        kicker="Books",
        standfirst="Diaries, letters and one very good book about drains: where to begin with reading about palaces.",
        scene="library",
        paragraphs=[
            "Begin with the household accounts. They were never meant to be read, which is why they can be believed: "
            "nobody flatters a candle merchant.",
            "Then the diaries, with a pencil. A diary kept at court has two readers in mind, the writer and whoever "
            "finds it, and the pleasure lies in telling which one is being spoken to.",
            "Last, the memoirs. They answer one another across the decades, and are best read in pairs.",
        ],
    ),
    Feature(
        section="the-court",
        headline="How a private visit comes to be a public event",
        kicker="Explained",
        standfirst="A diary note, a closed road, a flag: the small signs that tell the waiting crowd where to stand.",
        scene="oaks",
        paragraphs=[
            "Nothing is announced, and yet by ten o’clock there are forty people at the gate. They have read the "
            "signs: a road sweeper out early, a policeman facing the wrong way, a flag that was not there at nine.",
            "Most of it is arithmetic. A household that moves needs cars, and cars need roads, and roads have "
            "residents who talk.",
            "The visits that stay private are the ones that use the front door at the usual hour.",
        ],
    ),
    Feature(
        section="houses",
        headline="A hundred and sixty covers: the table before the guests",
        kicker="Behind the door",
        standfirst="A ruler, a length of string and three days: how a banqueting table is laid.",
        scene="banquet",
        paragraphs=[
            "The chairs are measured from the table with a stick. Every glass stands where a string, stretched from "
            "end to end, says that it should; a table of that length shows an error of an inch.",
            "The flowers come last and are kept low. A guest must be able to see the person opposite, and be able to "
            "pretend not to.",
        ],
    ),
    Feature(
        section="gardens",
        headline="Seven years of silt: the day they drain the lake",
        kicker="Gardens",
        standfirst="Two thousand fish are moved by bucket, and the swans take it badly.",
        scene="lake",
        paragraphs=[
            "It takes a week for the water to go and one night for the smell to arrive. What is left is a valley "
            "that nobody living has named, with a stream down the middle of it.",
            "The finds go on a trestle table: oars, bottles, a great many croquet balls. The fish spend the week in a "
            "neighbour’s pond and are counted both ways.",
        ],
    ),
    Feature(
        section="the-court",
        headline="Eleven engagements, one working week",
        kicker="Diary",
        standfirst="What a week in the diary looks like when nothing happens in it.",
        scene="",
        paragraphs=[
            "Monday is for letters. Tuesday and Wednesday are for openings, which is to say for ribbon, scissors and a "
            "plaque that somebody has remembered to polish.",
            "Thursday is travel, and Friday is the day that was kept free and never is.",
        ],
    ),
    Feature(
        section="the-court",
        headline="Who may use which title, and who decides",
        kicker="Explained",
        standfirst="Letters patent, custom and the order of names on an envelope.",
        scene="",
        paragraphs=[
            "A title can come by birth, by marriage or by a piece of parchment. The three are easily mistaken for one "
            "another, and only the last can be looked up.",
            "The rest is custom, which is kept the way a lawn is kept: by being walked on in the same place.",
        ],
    ),
    Feature(
        section="the-court",
        headline="The tour that takes two years to plan",
        kicker="Overseas",
        standfirst="Forty people, nine hundred pieces of luggage and one spare of everything.",
        scene="",
        paragraphs=[
            "The first visit is made by two people with notebooks, who walk every corridor with a watch. The second is "
            "made by six, who walk it again in the rain.",
            "By the third the timetable is settled to the minute, so that the thing itself can look unhurried.",
        ],
    ),
    Feature(
        section="houses",
        headline="A roof, two winters and four hundred miles of lead",
        kicker="Houses",
        standfirst="The repair that nobody will see, and everybody under it will hear about.",
        scene="",
        paragraphs=[
            "Lead creeps. Given a century it slides off a roof like a tablecloth, and then somebody has to take it down, "
            "melt it and put it back.",
            "The scaffolders come first and leave last, and are the only people who get to know the chimneys by name.",
        ],
    ),
    Feature(
        section="style",
        headline="The coat that has been to every opening since 1994",
        kicker="Style",
        standfirst="Rewearing is not thrift. It is a language, and the front row has learnt to read it.",
        scene="",
        paragraphs=[
            "A coat that is seen twice is a choice. Seen nine times it is a sentence, and the ninth time it is a quotation.",
            "The secret is the lining, which is new every third year.",
        ],
    ),
    Feature(
        section="books",
        headline="Three lives of Victoria, and the one to buy",
        kicker="Books",
        standfirst="One for the politics, one for the letters, one for the train.",
        scene="",
        paragraphs=[
            "There are shelves of them, and most were written to be argued with. Three can be read for their own sake.",
            "Begin with the shortest. It is the only one that leaves room for the reader.",
        ],
    ),
]
