-- People edit their messages. A reply and the question about it have the text of the latest edit.

ALTER TABLE replies ADD COLUMN edited_at timestamptz;       -- by Telegram's clock; null: never
CREATE INDEX replies_by_moment ON replies (account_id, said_at);

ALTER TABLE unclear_replies ADD COLUMN message_id bigint;   -- of the reply; null: not known
UPDATE unclear_replies SET message_id = (
    SELECT max(replies.message_id) FROM replies
    WHERE replies.account_id = unclear_replies.account_id
      AND replies.peer_id = unclear_replies.peer_id AND replies.text = unclear_replies.text);

-- The messages that ask the admins about an unclear reply, and the text that each one shows.
CREATE TABLE unclear_reply_questions (
    reply_id    bigint NOT NULL REFERENCES unclear_replies ON DELETE CASCADE,
    admin_id    bigint NOT NULL REFERENCES admins ON DELETE CASCADE,
    message_id  bigint NOT NULL,                            -- of the bot, in the admin's chat
    text        text NOT NULL,
    PRIMARY KEY (reply_id, admin_id)
);
