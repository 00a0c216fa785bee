/* snippets.c - one entry for each framework; %h is the host, %p the port */
#include "pages/snippets.h"

#include <string.h>

static const struct {
    const char *name, *text;
} snippets[] = {
    {"swaks", "swaks --server %h --port %p --to you@example.org"},
    {"curl", "printf 'Subject: Hello\\r\\n\\r\\nIt works.\\r\\n' | curl smtp://%h:%p "
             "--mail-from me@example.org --mail-rcpt you@example.org -T -"},
    {"Django", "EMAIL_HOST = \"%h\"\nEMAIL_PORT = %p\nEMAIL_USE_TLS = False"},
    {"Rails", "config.action_mailer.delivery_method = :smtp\n"
              "config.action_mailer.smtp_settings = { address: \"%h\", port: %p }"},
    {"Laravel", "MAIL_MAILER=smtp\nMAIL_HOST=%h\nMAIL_PORT=%p\nMAIL_ENCRYPTION=null"},
    {"Symfony", "MAILER_DSN=smtp://%h:%p"},
    {"Spring Boot", "spring.mail.host=%h\nspring.mail.port=%p"},
    {"Nodemailer",
     "nodemailer.createTransport({ host: \"%h\", port: %p, secure: false })"},
    {"PHPMailer", "$mail->isSMTP();\n$mail->Host = '%h';\n$mail->Port = %p;\n"
                  "$mail->SMTPAutoTLS = false;"},
    {"Go net/smtp", "smtp.SendMail(\"%h:%p\", nil, from, to, message)"},
    {".NET MailKit", "client.Connect(\"%h\", %p, SecureSocketOptions.None);"},
    {"Python smtplib", "with smtplib.SMTP(\"%h\", %p) as server:\n"
                       "    server.send_message(message)"},
    {"WordPress", "add_action('phpmailer_init', function ($m) {\n"
                  "    $m->isSMTP(); $m->Host = '%h'; $m->Port = %p;\n});"},
};

/* The host of a listening address; a wildcard address is reached as localhost. */
static struct slice
host_of(struct slice address)
{
    while (address.len > 0 && address.ptr[address.len - 1] != ':')
        address.len--;
    address.len -= address.len > 0;
    if (slice_is_equal(address, SLICE("0.0.0.0")) ||
        slice_is_equal(address, SLICE("[::]")))
        return SLICE("localhost");
    return address;
}

static struct slice
port_of(struct slice address)
{
    size_t at = address.len;

    while (at > 0 && address.ptr[at - 1] != ':')
        at--;
    return slice_skip(address, at);
}

static void
put_filled(struct html *html, const char *text, struct slice host, struct slice port)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (p[0] == '%' && (p[1] == 'h' || p[1] == 'p'))
            html_text(html, *++p == 'h' ? host : port);
        else
            html_text(html, slice_of(p, 1));
    }
}

void
snippets_write(struct html *html, const char *smtp)
{
    struct slice address = slice_from(smtp), host = host_of(address),
                 port = port_of(address);

    html_markup(html, "<section class=\"waiting\"><h2>");
    html_word(html, WORD_WAITING);
    html_markup(html, "</h2><p>");
    html_word(html, WORD_WAITING_HOW);
    html_markup(html, "</p><dl class=\"facts\"><div><dt>");
    html_word(html, WORD_HOST);
    html_markup(html, "</dt><dd><code>");
    html_text(html, host);
    html_markup(html, "</code></dd></div><div><dt>");
    html_word(html, WORD_PORT);
    html_markup(html, "</dt><dd><code>");
    html_text(html, port);
    html_markup(html, "</code></dd></div><div><dt>");
    html_word(html, WORD_SECURITY);
    html_markup(html, "</dt><dd>");
    html_word(html, WORD_SECURITY_NONE);
    html_markup(html, "</dd></div></dl><div class=\"snippets\">");
    for (size_t i = 0; i < sizeof(snippets) / sizeof(*snippets); i++) {
        html_markup(html, "<details><summary>");
        html_string(html, snippets[i].name);
        html_markup(html, "</summary><pre tabindex=\"0\">");
        put_filled(html, snippets[i].text, host, port);
        html_markup(html, "</pre></details>");
    }
    html_markup(html, "</div><p>");
    html_word(html, WORD_WAITING_SESSIONS);
    html_markup(html, " <a href=\"/sessions\">");
    html_word(html, WORD_NAV_SESSIONS);
    html_markup(html, "</a></p></section>");
}
