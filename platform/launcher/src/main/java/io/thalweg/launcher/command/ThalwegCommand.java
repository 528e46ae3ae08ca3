package io.thalweg.launcher.command;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg}: picks the command. */
@Command(
        name = "thalweg",
        description = "An event streaming platform: one log behind four doors.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        footer = {"", "Without a command it starts a node. Exit codes: 0 done, 1 failed, 2 wrong usage."})
public final class ThalwegCommand implements Runnable {

    private static final int FAILED = CommandLine.ExitCode.SOFTWARE;

    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("start", StartCommand::new);
        COMMANDS.put("demo", DemoCommand::new);
        COMMANDS.put("topics", TopicsCommand::new);
        COMMANDS.put("produce", ProduceCommand::new);
        COMMANDS.put("consume", ConsumeCommand::new);
        COMMANDS.put("groups", GroupsCommand::new);
        COMMANDS.put("verticles", VerticlesCommand::new);
        COMMANDS.put("streams", StreamsCommand::new);
        COMMANDS.put("connectors", ConnectorsCommand::new);
        COMMANDS.put("cluster", ClusterCommand::new);
        COMMANDS.put("check-config", CheckConfigCommand::new);
        COMMANDS.put("print-config", PrintConfigCommand::new);
        COMMANDS.put("version", VersionCommand::new);
        COMMANDS.put("class-archive", ClassArchiveCommand::new);
    }

    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    /** Runs a command line and returns its exit code. Blocks until the command is done. */
    public static int run(String... arguments) {
        String[] withCommand = startByDefault(arguments);
        if (withCommand[0].equals("start")) {
            StartCommand plain = StartCommand.plain(List.of(withCommand).subList(1, withCommand.length));
            if (plain != null) {
                return start(plain);
            }
        }
        CommandLine root = new CommandLine(new ThalwegCommand());
        // Reflection over one command instead of all of them: most of picocli's cost at start.
        Supplier<Object> chosen = COMMANDS.get(withCommand[0]);
        if (chosen != null) {
            root.addSubcommand(withCommand[0], chosen.get());
        } else {
            COMMANDS.forEach((name, command) -> root.addSubcommand(name, command.get()));
        }
        root.setExecutionExceptionHandler(
                (failure, commandLine, parsed) -> reportFailure(failure, commandLine.getErr()));
        return root.execute(withCommand);
    }

    private static int start(StartCommand command) {
        try {
            return command.call();
        } catch (Exception failure) {
            return reportFailure(failure, new PrintWriter(System.err, true, Charset.defaultCharset()));
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    private static String[] startByDefault(String[] arguments) {
        boolean commandOrHelp = arguments.length > 0
                && (!arguments[0].startsWith("-")
                        || arguments[0].equals("-h")
                        || arguments[0].equals("--help")
                        || arguments[0].equals("-V")
                        || arguments[0].equals("--version"));
        if (commandOrHelp) {
            return arguments;
        }
        String[] withStart = new String[arguments.length + 1];
        withStart[0] = "start";
        System.arraycopy(arguments, 0, withStart, 1, arguments.length);
        return withStart;
    }

    private static int reportFailure(Exception failure, PrintWriter err) {
        if (failure instanceof CommandFailure) {
            err.println("thalweg: " + failure.getMessage());
        } else {
            err.println("thalweg: " + Objects.requireNonNullElse(failure.getMessage(), failure.toString()));
            failure.printStackTrace(err);
        }
        err.flush();
        return FAILED;
    }
}
