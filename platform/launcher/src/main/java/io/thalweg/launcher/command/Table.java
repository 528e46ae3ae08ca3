package io.thalweg.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of JSON objects as aligned text. */
final class Table {

    private Table() {}

    static void print(PrintStream out, JsonArray rows, List<String> columns) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList());
        for (int i = 0; i < rows.size(); i++) {
            JsonObject row = rows.getJsonObject(i);
            cells.add(columns.stream().map(name -> text(row.getValue(name))).toList());
        }
        int[] widths = new int[columns.size()];
        for (List<String> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : cells) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            out.println(text.toString().stripTrailing());
        }
    }

    private static String text(Object value) {
        return value == null ? "-" : value.toString();
    }
}
