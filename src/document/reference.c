/* reference.c - entries of the catalog as what scripts read */
#include "document/document.h"

#include "document/labels.h"

static json_t *
words_json(struct slice list)
{
    json_t *array = jsonout_array();
    struct slice word;

    while (list.len > 0) {
        slice_cut(list, ' ', &word, &list);
        if (word.len > 0)
            jsonout_append(array, jsonout_text(word));
    }
    return array;
}

json_t *
document_code(const struct postern_code *code, enum postern_language language)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "code", jsonout_number(code->code));
    jsonout_set(object, "name", jsonout_text(code->name.in[language]));
    jsonout_set(object, "class", jsonout_text(label_class(language, code->code)));
    jsonout_set(object, "category", jsonout_text(label_category(language, code->code)));
    jsonout_set(object, "status", jsonout_text(label_status(language, code->status)));
    jsonout_set(object, "means", jsonout_text(code->means.in[language]));
    jsonout_set(object, "seen", jsonout_text(code->seen.in[language]));
    jsonout_set(object, "after", words_json(code->after));
    jsonout_set(object, "acts", jsonout_text(label_actor(language, code->acts)));
    jsonout_set(object, "retry", jsonout_text(label_retry(language, code->retry)));
    jsonout_set(object, "fix", jsonout_text(code->fix.in[language]));
    jsonout_set(object, "server", jsonout_text(code->server.in[language]));
    jsonout_set(object, "client", jsonout_text(code->client.in[language]));
    jsonout_set(object, "enhanced", words_json(code->enhanced));
    jsonout_set(object, "see", words_json(code->see));
    jsonout_set(object, "rfc", jsonout_text_or_null(code->rfc));
    return object;
}

json_t *
document_enhanced(const struct postern_enhanced *entry, enum postern_language language)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "enhanced", jsonout_text(entry->code));
    jsonout_set(object, "to", jsonout_text_or_null(entry->to));
    jsonout_set(object, "name", jsonout_text(entry->name.in[language]));
    jsonout_set(object, "status", jsonout_text(label_status(language, entry->status)));
    jsonout_set(object, "vendor", jsonout_text_or_null(entry->vendor));
    jsonout_set(object, "means", jsonout_text(entry->means.in[language]));
    jsonout_set(object, "acts", jsonout_text(label_actor(language, entry->acts)));
    jsonout_set(object, "fix", jsonout_text(entry->fix.in[language]));
    jsonout_set(object, "note", jsonout_text_or_null(entry->note.in[language]));
    jsonout_set(object, "codes", words_json(entry->codes));
    jsonout_set(object, "rfc", jsonout_text_or_null(entry->rfc));
    return object;
}
