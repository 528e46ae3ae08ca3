package io.thalweg.testkit;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Carries {@link Seeds} out. */
final class SeedsExtension implements TestTemplateInvocationContextProvider {

    private static final String ONE = "thalweg.seed";
    private static final String BASE = "thalweg.seeds.base";
    private static final String COUNT = "thalweg.seeds.count";

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(Seeds.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Long one = Long.getLong(ONE);
        if (one != null) {
            return Stream.of(new Invocation(one));
        }
        int declared =
                context.getRequiredTestMethod().getAnnotation(Seeds.class).count();
        long base = Long.getLong(BASE, 1);
        int count = Integer.getInteger(COUNT, declared);
        return LongStream.range(base, base + count).mapToObj(Invocation::new);
    }

    private record Invocation(long seed)
            implements TestTemplateInvocationContext, ParameterResolver, TestExecutionExceptionHandler {

        @Override
        public String getDisplayName(int invocationIndex) {
            return "seed=" + seed;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == long.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return seed;
        }

        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
            String hint = context.getRequiredTestMethod().getName() + " failed: seed=" + seed + "; repeat with -D" + ONE
                    + "=" + seed;
            System.err.println(hint);
            failure.addSuppressed(new AssertionError(hint));
            throw failure;
        }
    }
}
