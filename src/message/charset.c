/* charset.c - the known names, and the charsets that are converted without iconv */
#include "message/charset.h"

#include "base/attr.h"

enum kind { KIND_UTF8, KIND_WESTERN, KIND_SYSTEM };

/* Mail labelled with a charset often uses its superset, so that is used for all:
 * windows-1252 for ISO-8859-1, windows-31J for Shift_JIS, GB18030 for GB2312, UHC for
 * KS C 5601. */
/* clang-format off */
static const struct charset {
    struct slice name;
    enum kind kind;
    const char *system_name;
} charsets[] = {
    {SLICE_INIT("utf-8"),            KIND_UTF8,    NULL},
    {SLICE_INIT("utf8"),             KIND_UTF8,    NULL},
    {SLICE_INIT("us-ascii"),         KIND_UTF8,    NULL},
    {SLICE_INIT("ascii"),            KIND_UTF8,    NULL},
    {SLICE_INIT("iso-8859-1"),       KIND_WESTERN, NULL},
    {SLICE_INIT("iso8859-1"),        KIND_WESTERN, NULL},
    {SLICE_INIT("latin1"),           KIND_WESTERN, NULL},
    {SLICE_INIT("windows-1252"),     KIND_WESTERN, NULL},
    {SLICE_INIT("cp1252"),           KIND_WESTERN, NULL},
    {SLICE_INIT("iso-2022-jp"),      KIND_SYSTEM,  "ISO-2022-JP"},
    {SLICE_INIT("shift_jis"),        KIND_SYSTEM,  "CP932"},
    {SLICE_INIT("shift-jis"),        KIND_SYSTEM,  "CP932"},
    {SLICE_INIT("sjis"),             KIND_SYSTEM,  "CP932"},
    {SLICE_INIT("x-sjis"),           KIND_SYSTEM,  "CP932"},
    {SLICE_INIT("cp932"),            KIND_SYSTEM,  "CP932"},
    {SLICE_INIT("windows-31j"),      KIND_SYSTEM,  "CP932"},
    {SLICE_INIT("euc-jp"),           KIND_SYSTEM,  "EUC-JP-MS"},
    {SLICE_INIT("x-euc-jp"),         KIND_SYSTEM,  "EUC-JP-MS"},
    {SLICE_INIT("gb2312"),           KIND_SYSTEM,  "GB18030"},
    {SLICE_INIT("gbk"),              KIND_SYSTEM,  "GB18030"},
    {SLICE_INIT("gb18030"),          KIND_SYSTEM,  "GB18030"},
    {SLICE_INIT("big5"),             KIND_SYSTEM,  "BIG5-HKSCS"},
    {SLICE_INIT("euc-kr"),           KIND_SYSTEM,  "UHC"},
    {SLICE_INIT("ks_c_5601-1987"),   KIND_SYSTEM,  "UHC"},
    {SLICE_INIT("koi8-r"),           KIND_SYSTEM,  "KOI8-R"},
    {SLICE_INIT("koi8-u"),           KIND_SYSTEM,  "KOI8-U"},
    {SLICE_INIT("windows-1250"),     KIND_SYSTEM,  "CP1250"},
    {SLICE_INIT("windows-1251"),     KIND_SYSTEM,  "CP1251"},
    {SLICE_INIT("windows-1253"),     KIND_SYSTEM,  "CP1253"},
    {SLICE_INIT("windows-1254"),     KIND_SYSTEM,  "CP1254"},
    {SLICE_INIT("windows-1255"),     KIND_SYSTEM,  "CP1255"},
    {SLICE_INIT("windows-1256"),     KIND_SYSTEM,  "CP1256"},
    {SLICE_INIT("windows-1257"),     KIND_SYSTEM,  "CP1257"},
    {SLICE_INIT("windows-1258"),     KIND_SYSTEM,  "CP1258"},
    {SLICE_INIT("windows-874"),      KIND_SYSTEM,  "CP874"},
    {SLICE_INIT("iso-8859-2"),       KIND_SYSTEM,  "ISO-8859-2"},
    {SLICE_INIT("iso-8859-3"),       KIND_SYSTEM,  "ISO-8859-3"},
    {SLICE_INIT("iso-8859-4"),       KIND_SYSTEM,  "ISO-8859-4"},
    {SLICE_INIT("iso-8859-5"),       KIND_SYSTEM,  "ISO-8859-5"},
    {SLICE_INIT("iso-8859-6"),       KIND_SYSTEM,  "ISO-8859-6"},
    {SLICE_INIT("iso-8859-7"),       KIND_SYSTEM,  "ISO-8859-7"},
    {SLICE_INIT("iso-8859-8"),       KIND_SYSTEM,  "ISO-8859-8"},
    {SLICE_INIT("iso-8859-8-i"),     KIND_SYSTEM,  "ISO-8859-8"},
    {SLICE_INIT("iso-8859-9"),       KIND_SYSTEM,  "ISO-8859-9"},
    {SLICE_INIT("iso-8859-10"),      KIND_SYSTEM,  "ISO-8859-10"},
    {SLICE_INIT("iso-8859-13"),      KIND_SYSTEM,  "ISO-8859-13"},
    {SLICE_INIT("iso-8859-14"),      KIND_SYSTEM,  "ISO-8859-14"},
    {SLICE_INIT("iso-8859-15"),      KIND_SYSTEM,  "ISO-8859-15"},
    {SLICE_INIT("iso-8859-16"),      KIND_SYSTEM,  "ISO-8859-16"},
    {SLICE_INIT("tis-620"),          KIND_SYSTEM,  "TIS-620"},
};

/* Windows-1252 at 80 to 9F, where ISO-8859-1 has controls. */
static const uint16_t western[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
    0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};
/* clang-format on */

static const struct charset *
find(struct slice name)
{
    for (size_t i = 0; i < ARRAY_LEN(charsets); i++) {
        if (slice_is_equal_fold(charsets[i].name, name))
            return &charsets[i];
    }
    return NULL;
}

bool
charset_is_known(struct slice name)
{
    return find(name) != NULL;
}

static size_t
convert_western(struct slice octets, char *out, size_t out_size)
{
    size_t len = 0;

    for (size_t i = 0; i < octets.len && len + 3 <= out_size; i++) {
        unsigned point = (unsigned char)octets.ptr[i];
        if (point >= 0x80 && point < 0xa0)
            point = western[point - 0x80];
        if (point < 0x80) {
            out[len++] = (char)point;
        } else if (point < 0x800) {
            out[len++] = (char)(0xc0 | point >> 6);
            out[len++] = (char)(0x80 | (point & 0x3f));
        } else {
            out[len++] = (char)(0xe0 | point >> 12);
            out[len++] = (char)(0x80 | (point >> 6 & 0x3f));
            out[len++] = (char)(0x80 | (point & 0x3f));
        }
    }
    return len;
}

size_t
charset_convert(struct slice name, struct slice octets, char *out, size_t out_size)
{
    const struct charset *charset = find(name);
    size_t len;

    if (charset != NULL && charset->kind == KIND_WESTERN)
        return convert_western(octets, out, out_size);
    if (charset != NULL && charset->kind == KIND_SYSTEM &&
        charset_by_system(charset->system_name, octets, out, out_size, &len))
        return len;
    len = octets.len < out_size ? octets.len : out_size;
    memcpy(out, octets.ptr, len);
    return len;
}
