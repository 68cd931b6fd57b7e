"""The closed list of text that is allowed beside an approval: whole phrases, because single words could add up to a no.

A phrase belongs here only if an approval means the same with it, in any position and next to any other listed phrase.
A word that limits, delays, asks or denies in any language ("please" alone, "later", "tak", "prima") does not belong
here. The list may contain at most 150 different words.
"""

from __future__ import annotations

#: "revision N" and the name after a thanks are not listed: read_comment.py has rules for them.
PHRASES = (
    "thanks", "thank you", "thx", "cheers", "kudos", "many thanks", "thanks a lot", "thanks again", "thanks so much",
    "thanks all", "thanks everyone", "thanks team", "thank you all", "thank you very much", "thank you so much",
    "danke", "danke schön", "vielen dank", "merci", "merci beaucoup", "gracias", "muchas gracias", "obrigado",
    "obrigada", "grazie", "grazie mille", "tack", "takk", "kiitos", "bedankt", "dziękuję", "dzięki", "děkuji",
    "спасибо", "дякую", "ありがとう", "ありがとうございます", "谢谢", "謝謝", "감사합니다",
    "well done", "well written", "reads well", "great", "great work", "great job", "great stuff", "good work",
    "good job", "good stuff", "nice", "nice work", "nice job", "nice one", "very nice", "very good", "very clear",
    "perfect", "excellent", "awesome", "brilliant", "wonderful", "lovely", "love it", "much appreciated",
    "looks good", "looks great", "looks fine", "looks perfect", "looks excellent", "looks ok", "looks correct",
    "looks right", "good", "fine", "all good", "all fine", "all clear", "all correct", "to me", "works for me",
    "as is", "as-is", "as it is",
    "good to go", "ready to go", "ready to publish", "to publish", "please publish", "please publish it",
    "please publish this", "publish it", "please go ahead", "go ahead", "let's publish", "let's ship it", "let's go",
    "ship it", "please ship it", "approved", "lgtm", "yes", "ok", "okay", "agreed", "cc",
)  # fmt: skip

#: A name may follow one of these at the end of the comment.
THANKS = ("thanks", "thank you")

#: Emoji that approve or thank, as characters and as short names. A skin tone may follow.
APPROVING_EMOJI = (
    "✅", "✔", "👍", "👌", "🙌", "👏", "🙏", "💪", "🤝", "🚀", "🚢", "🎉", "🎊", "🥳", "💯", "⭐", "🌟", "✨", "🏆",
    "❤", "💚", "😀", "😃", "😄", "😁", "😊", "🙂", "😎", "🤩",
    ":white_check_mark:", ":check_mark:", ":heavy_check_mark:", ":thumbsup:", ":+1:", ":ok_hand:", ":raised_hands:",
    ":clap:", ":pray:", ":muscle:", ":handshake:", ":rocket:", ":ship:", ":tada:", ":confetti_ball:",
    ":partying_face:", ":100:", ":star:", ":star2:", ":sparkles:", ":trophy:", ":heart:", ":green_heart:",
    ":grinning:", ":smiley:", ":smile:", ":grin:", ":blush:", ":slight_smile:", ":sunglasses:", ":star_struck:",
    ":)", ":-)", ";)", ";-)", ":D", ":-D", "+1",
)  # fmt: skip
