package io.thalweg.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** A plain line is read as picocli reads it, and whatever is not plain is left to picocli. */
class StartCommandTest {

    @ParameterizedTest
    @MethodSource("flags")
    void everyFlagIsReadAsPicocliReadsIt(Flag flag) throws IllegalAccessException {
        List<String> line = flag.hasValue() ? List.of(flag.name(), "127.0.0.1:1") : List.of(flag.name());
        assertThat(fields(plain(line))).isEqualTo(fields(parsed(line)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--node-id 3 --cluster 127.0.0.1:1 --cluster-members 127.0.0.1:1,127.0.0.1:2 --insecure",
                "--conf a.json --conf b.json --set http.port=1 --set log.durability=os --ports-file ports.json"
            })
    void aWholeLineIsReadAsPicocliReadsIt(String line) throws IllegalAccessException {
        List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" "));
        assertThat(fields(plain(arguments))).isEqualTo(fields(parsed(arguments)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "--dance now",
                "now",
                "@file",
                "--rack",
                "--rack --insecure",
                "--rack @file",
                "--rack=a",
                "--rack a --rack b",
                "--ports-file a --ports-file b",
                "--insecure --insecure"
            })
    void whatIsNotPlainIsLeftToPicocli(String line) {
        assertThat(StartCommand.plain(List.of(line.split(" ")))).isNull();
    }

    private record Flag(String name, boolean hasValue) {}

    private static Stream<Flag> flags() {
        return Stream.of(StartCommand.class, SettingsOptions.class)
                .flatMap(type -> Stream.of(type.getDeclaredFields()))
                .filter(field -> field.isAnnotationPresent(Option.class))
                .map(field -> new Flag(field.getAnnotation(Option.class).names()[0], field.getType() != boolean.class));
    }

    private static StartCommand plain(List<String> line) {
        StartCommand command = StartCommand.plain(line);
        assertThat(command).isNotNull();
        return command;
    }

    private static StartCommand parsed(List<String> line) {
        StartCommand command = new StartCommand();
        new CommandLine(command).parseArgs(line.toArray(String[]::new));
        return command;
    }

    private static List<Object> fields(Object command) throws IllegalAccessException {
        List<Object> values = new ArrayList<>();
        for (Field field : command.getClass().getDeclaredFields()) {
            field.setAccessible(true);
            Object value = field.get(command);
            if (value instanceof SettingsOptions) {
                values.addAll(fields(value));
            } else if (value == null || value instanceof Path || field.isAnnotationPresent(Option.class)) {
                values.add(String.valueOf(value));
            }
        }
        return values;
    }
}
