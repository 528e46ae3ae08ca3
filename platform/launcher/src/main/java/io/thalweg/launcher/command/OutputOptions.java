package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** {@code --output text|json}, and printing in that form. */
final class OutputOptions {

    enum Form {
        text,
        json
    }

    @Option(
            names = "--output",
            paramLabel = "FORM",
            description = "text or json (default: ${DEFAULT-VALUE}).",
            defaultValue = "text")
    private Form form = Form.text;

    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

    boolean json() {
        return form == Form.json;
    }

    PrintStream out() {
        return out;
    }

    void print(JsonObject data, Consumer<PrintStream> text) {
        if (json()) {
            out.println(data.encode());
        } else {
            text.accept(out);
        }
        flush();
    }

    /** Prints rows as JSON objects in an array, or as a table of these columns. */
    void table(JsonArray rows, List<String> columns) {
        if (json()) {
            out.println(rows.encode());
        } else {
            Table.print(out, rows, columns);
        }
        flush();
    }

    /** Pushes out what was printed; fails if nobody reads it any more. */
    void flush() {
        if (out.checkError()) {
            throw new CommandFailure("standard output was closed");
        }
    }
}
