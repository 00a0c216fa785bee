/* api_reference.c - the catalog and the diagnosis as JSON */
#include "api/api.h"

#include "base/memory.h"
#include "document/document.h"
#include "document/pair.h"
#include "document/search.h"

#include <stdlib.h>

/* POST: {"text": …} as JSON, or the pasted text itself. */
void
api_explain(struct web *web, const struct request *request, struct reply *reply)
{
    bool is_json = slice_has_prefix_fold(request_header(request, "Content-Type"),
                                         SLICE("application/json"));
    json_t *body = is_json ? request_json(request) : NULL;
    const json_t *text = json_object_get(body, "text");
    struct slice paste =
        is_json ? slice_of(json_string_value(text), json_string_length(text))
                : request->body;
    struct postern_explain *explain;

    (void)web;
    if (is_json && !json_is_string(text)) {
        api_refuse(reply, 400, "text: a string with the conversation is needed");
    } else {
        explain = memory_new(postern_explain_size());
        reply_json(reply, document_diagnosis(postern_explain(explain, paste),
                                             request->language));
        free(explain);
    }
    json_decref(body);
}

void
api_codes(struct web *web, const struct request *request, struct reply *reply)
{
    struct slice class = request_parameter(request, "class", NULL);
    struct search search = {.word = request_parameter(request, "q", NULL),
                            .class = class.len == 1 ? class.ptr[0] : 0};
    json_t *object = jsonout_object(), *codes = jsonout_array(),
           *enhanced = jsonout_array();

    (void)web;
    for (size_t i = 0; i < postern_code_count; i++) {
        if (search_code(&search, &postern_codes[i]))
            jsonout_append(codes, document_code(&postern_codes[i], request->language));
    }
    for (size_t i = 0; i < postern_enhanced_count; i++) {
        if (search_enhanced(&search, &postern_enhanced_codes[i]))
            jsonout_append(enhanced, document_enhanced(&postern_enhanced_codes[i],
                                                       request->language));
    }
    jsonout_set(object, "codes", codes);
    jsonout_set(object, "enhanced", enhanced);
    reply_json(reply, object);
}

/* The entry of a code, basic or enhanced; NULL: not in the catalog. */
static json_t *
code_json(struct slice what, enum postern_language language)
{
    const struct postern_enhanced *enhanced = postern_enhanced_find(what);
    const struct postern_code *code = NULL;
    uint64_t number;

    if (what.len == 3 && slice_parse_number(what, &number))
        code = postern_code_find((unsigned)number);
    if (code != NULL)
        return document_code(code, language);
    return enhanced != NULL ? document_enhanced(enhanced, language) : NULL;
}

void
api_code(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *object = code_json(request->segments[0], request->language);

    (void)web;
    if (object != NULL)
        reply_json(reply, object);
    else
        api_refuse(reply, 404, "the catalog has no such code");
}

static struct slice
difference(const struct request *request, char out[PAIR_DIFFERENCE_SIZE])
{
    const struct slice *what = request->segments;
    enum postern_language language = request->language;
    uint64_t a, b;

    if (slice_parse_number(what[0], &a) && slice_parse_number(what[1], &b))
        return pair_difference(language, postern_code_find((unsigned)a),
                               postern_code_find((unsigned)b), out);
    return pair_enhanced_difference(language, what[0], postern_enhanced_find(what[0]),
                                    what[1], postern_enhanced_find(what[1]), out);
}

void
api_compare(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *a = code_json(request->segments[0], request->language),
           *b = code_json(request->segments[1], request->language), *object;
    bool is_basic = json_object_get(a, "code") != NULL;
    char text[PAIR_DIFFERENCE_SIZE];

    (void)web;
    if (a == NULL || b == NULL || is_basic != (json_object_get(b, "code") != NULL)) {
        api_refuse(reply, a == NULL || b == NULL ? 404 : 400,
                   a == NULL || b == NULL
                       ? "the catalog has no such code"
                       : "two basic codes or two enhanced ones can be compared");
        json_decref(a);
        json_decref(b);
        return;
    }
    object = jsonout_object();
    jsonout_set(object, "a", a);
    jsonout_set(object, "b", b);
    jsonout_set(object, "difference", jsonout_text(difference(request, text)));
    reply_json(reply, object);
}
