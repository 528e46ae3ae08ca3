package io.thalweg.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThalwegCommandTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"start", "topics", "produce", "consume", "groups", "check-config", "print-config", "version"})
    void everyCommandExplainsItself(String command) {
        assertThat(ThalwegCommand.run(command, "--help")).isZero();
    }

    @Test
    void anUnknownCommandOrFlagIsWrongUsage() {
        assertThat(ThalwegCommand.run("dance")).isEqualTo(2);
        assertThat(ThalwegCommand.run("--dance")).isEqualTo(2);
        assertThat(ThalwegCommand.run("topics")).isEqualTo(2);
    }

    @Test
    void wrongSettingsFail() {
        assertThat(ThalwegCommand.run("check-config", "--set", "http.port=-1")).isEqualTo(1);
        assertThat(ThalwegCommand.run("check-config", "--kafka", "0.0.0.0:9092"))
                .isEqualTo(1);
    }

    @Test
    void rightSettingsPass() {
        assertThat(ThalwegCommand.run("check-config", "--http", "[::1]:0")).isZero();
        assertThat(ThalwegCommand.run("print-config", "--output", "json")).isZero();
    }

    @Test
    void aNodeThatDoesNotAnswerIsAFailure() {
        assertThat(ThalwegCommand.run("topics", "list", "--url", "http://127.0.0.1:1"))
                .isEqualTo(1);
    }
}
