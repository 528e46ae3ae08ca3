package io.thalweg.gateway.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which records a reader wants: comparisons joined by {@code and}, each {@code SUBJECT OPERATOR OPERAND} with white space
 * between, as in {@code value/delay >= 60 and value/origin == "SFO" and key contains "UA"}.
 *
 * <ul>
 *   <li>Subject: {@code key} or {@code value}, of which a JSON pointer (RFC 6901) may name a part, or
 *       {@code header:NAME}, the last of that name. Nothing there, or no JSON there, counts as null.
 *   <li>Operator: {@code == != < <= > >= contains}.
 *   <li>Operand: a JSON string, number, {@code true}, {@code false} or {@code null}. What is of another type than the
 *       operand matches no operator, except that it differs from null. Strings compare by code point; numbers by value.
 * </ul>
 *
 * One pass over a record's bytes for each comparison, no recursion, no regular expressions. Immutable.
 */
public final class RecordFilter {
    private static final int CHARS_MAX = 512;
    private static final int COMPARISONS_MAX = 8;
    private static final String HEADER = "header:";

    private enum Type {
        STRING,
        NUMBER,
        BOOLEAN,
        NULL
    }

    /** A scalar: unescaped UTF-8 of a string, else the JSON text. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Scalar(Type type, byte[] text) {
        static final Scalar NULL = new Scalar(Type.NULL, new byte[0]);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Comparison(String subject, JsonPointer pointer, String operator, Scalar operand) {
        boolean holds(ReceivedRecord record) {
            byte[] bytes = bytes(record);
            Scalar found = pointer.isWhole() ? whole(bytes, operand.type) : part(bytes, pointer);
            if (found == null) {
                return operand.type == Type.NULL && operator.equals("!=");
            }
            if (found.type != operand.type) {
                return operator.equals("!=") && operand.type == Type.NULL;
            }
            return switch (operator) {
                case "contains" -> indexOf(found.text, operand.text) >= 0;
                case "==" -> order(found) == 0;
                case "!=" -> order(found) != 0;
                case "<" -> order(found) < 0;
                case "<=" -> order(found) <= 0;
                case ">" -> order(found) > 0;
                default -> order(found) >= 0;
            };
        }

        private byte @Nullable [] bytes(ReceivedRecord record) {
            if (subject.equals("key")) {
                return record.key();
            }
            if (subject.equals("value")) {
                return record.value();
            }
            byte[] last = null;
            for (RecordHeader header : record.headers()) {
                if (subject.regionMatches(
                                HEADER.length(), header.key(), 0, header.key().length())
                        && subject.length() == HEADER.length() + header.key().length()) {
                    last = header.value();
                }
            }
            return last;
        }

        private int order(Scalar found) {
            return operand.type == Type.NUMBER
                    ? number(found.text).compareTo(number(operand.text))
                    : Arrays.compareUnsigned(found.text, operand.text);
        }
    }

    private final List<Comparison> comparisons;

    private RecordFilter(List<Comparison> comparisons) {
        this.comparisons = List.copyOf(comparisons);
    }

    /** Fails with INVALID_REQUEST that says what was expected where. */
    public static RecordFilter parse(String expression) {
        if (expression.length() > CHARS_MAX) {
            throw invalid("longer than " + CHARS_MAX + " characters");
        }
        byte[] text = expression.getBytes(UTF_8);
        JsonScanner scanner = new JsonScanner(text, 0, text.length);
        List<Comparison> comparisons = new ArrayList<>();
        do {
            if (comparisons.size() == COMPARISONS_MAX) {
                throw invalid("more than " + COMPARISONS_MAX + " comparisons");
            }
            comparisons.add(comparison(scanner));
        } while (another(scanner));
        return new RecordFilter(comparisons);
    }

    private static boolean another(JsonScanner scanner) {
        if (scanner.peek() == 0) {
            return false;
        }
        String word = scanner.word();
        if (!word.equals("and")) {
            throw invalid("expected and, or the end; found " + JsonMembers.shown(word));
        }
        return true;
    }

    private static Comparison comparison(JsonScanner scanner) {
        String subject = scanner.word();
        String operator = scanner.word();
        switch (operator) {
            case "==", "!=", "<", "<=", ">", ">=", "contains" -> {
                // Known.
            }
            default ->
                throw invalid("expected an operator (== != < <= > >= contains) behind " + JsonMembers.shown(subject)
                        + "; found " + JsonMembers.shown(operator));
        }
        Scalar operand = scalar(scanner);
        if (operand == null) {
            throw invalid("expected a string, a number, true, false or null behind " + operator);
        }
        boolean ordered = operand.type == Type.STRING || operand.type == Type.NUMBER;
        if (!operator.equals("==") && !operator.equals("!=") && !ordered) {
            throw invalid(operator + " needs a string or a number");
        }
        if (operator.equals("contains") && operand.type != Type.STRING) {
            throw invalid("contains needs a string");
        }
        if (operand.type == Type.NUMBER) {
            number(operand.text);
        }
        int slash = subject.startsWith(HEADER) ? -1 : subject.indexOf('/');
        String name = slash < 0 ? subject : subject.substring(0, slash);
        if (!name.equals("key") && !name.equals("value") && !name.startsWith(HEADER)) {
            throw invalid("expected key, value, key/POINTER, value/POINTER or header:NAME; found "
                    + JsonMembers.shown(subject));
        }
        return new Comparison(name, JsonPointer.parse(slash < 0 ? "" : subject.substring(slash)), operator, operand);
    }

    public boolean accepts(ReceivedRecord record) {
        for (Comparison comparison : comparisons) {
            if (!holds(comparison, record)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Comparison comparison, ReceivedRecord record) {
        try {
            return comparison.holds(record);
        } catch (ThalwegException notComparable) {
            // A number beyond any use, or JSON that is broken before the place: nothing matches.
            return false;
        }
    }

    /** The bytes as what they are compared with; null if they are not that. */
    private static @Nullable Scalar whole(byte @Nullable [] bytes, Type wanted) {
        if (bytes == null) {
            return Scalar.NULL;
        }
        if (wanted == Type.STRING) {
            return new Scalar(Type.STRING, bytes);
        }
        JsonScanner scanner = new JsonScanner(bytes, 0, bytes.length);
        if (wanted == Type.NULL || !JsonScanner.isOneValue(bytes)) {
            return null;
        }
        return scalar(scanner);
    }

    private static @Nullable Scalar part(byte @Nullable [] bytes, JsonPointer pointer) {
        if (bytes == null || bytes.length == 0) {
            return Scalar.NULL;
        }
        JsonScanner scanner = new JsonScanner(bytes, 0, bytes.length);
        try {
            if (!pointer.find(scanner)) {
                return Scalar.NULL;
            }
        } catch (ThalwegException notJson) {
            return Scalar.NULL;
        }
        return scalar(scanner);
    }

    /** The scalar that comes next; null if an object or an array comes. */
    private static @Nullable Scalar scalar(JsonScanner scanner) {
        byte first = scanner.peek();
        return switch (first) {
            case '{', '[' -> null;
            case '"' -> new Scalar(Type.STRING, scanner.stringBytes());
            case 't', 'f' -> new Scalar(Type.BOOLEAN, scanner.valueBytes());
            case 'n' -> {
                scanner.skipValue();
                yield Scalar.NULL;
            }
            default -> new Scalar(Type.NUMBER, scanner.valueBytes());
        };
    }

    private static BigDecimal number(byte[] text) {
        try {
            return new BigDecimal(new String(text, UTF_8));
        } catch (NumberFormatException exponent) {
            throw invalid("number out of range");
        }
    }

    private static int indexOf(byte[] text, byte[] part) {
        if (part.length == 0) {
            return 0;
        }
        byte first = part[0];
        for (int at = 0; at + part.length <= text.length; at++) {
            if (text[at] == first && Arrays.equals(text, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }

    private static ThalwegException invalid(String what) {
        return new ThalwegException(ErrorCode.INVALID_REQUEST, "filter: " + what);
    }
}
