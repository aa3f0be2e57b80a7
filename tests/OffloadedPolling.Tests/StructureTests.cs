using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests;

/// <summary>
/// What keeps the code readable: short files and methods, few constructor parameters, and folders that do not depend on each other in a
/// circle.
/// </summary>
public sealed class StructureTests
{
    private const int MaxFileLines = 300;

    private const int MaxLineLength = 140;

    private const int MaxMethodLines = 60;

    private const int MaxConstructorParameters = 6;

    private static readonly List<(string Path, CompilationUnitSyntax Root)> _files = [
        .. Repository.FilesUnder("src", "*.cs").Select(path => (path, Parse(path)))];

    [Fact]
    public void Files_HaveAtMost300Lines() => EveryFile()
        .Where(path => File.ReadLines(path).Count() > MaxFileLines).Should().BeEmpty();

    // The build checks the other lines, but not doc comments.
    [Fact]
    public void Lines_HaveAtMost140Characters() => EveryFile()
        .SelectMany(path => File.ReadLines(path).Where(line => line.Length > MaxLineLength).Select(line => $"{path}: {line}"))
        .Should().BeEmpty();

    [Fact]
    public void Methods_HaveAtMost60Lines() => All<SyntaxNode>()
        .Where(each => each.Node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax && Lines(each.Node) > MaxMethodLines)
        .Select(method => Describe(method.Path, method.Node)).Should().BeEmpty();

    [Fact]
    public void Constructors_HaveAtMostSixParameters() =>
        All<ConstructorDeclarationSyntax>().Select(each => (each.Path, Node: (SyntaxNode)each.Node, each.Node.ParameterList))
            .Concat(All<ClassDeclarationSyntax>().Where(each => each.Node.ParameterList is not null).Select(each =>
                (each.Path, Node: (SyntaxNode)each.Node, ParameterList: each.Node.ParameterList!)))
            .Where(each => each.ParameterList.Parameters.Count > MaxConstructorParameters)
            .Select(each => Describe(each.Path, each.Node)).Should().BeEmpty();

    [Fact]
    public void FoldersOfCore_DependOnEachOtherInOneDirection()
    {
        var core = _files.Where(file => FolderOf(file.Path) is not null).ToList();
        var homes = core.SelectMany(file => file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Where(type =>
            type.Parent is BaseNamespaceDeclarationSyntax).Select(type => (type.Identifier.ValueText, Folder: FolderOf(file.Path)!)))
            .Distinct()
            .GroupBy(type => type.ValueText).Where(type => type.Count() == 1).ToDictionary(type => type.Key, type => type.Single().Folder);
        var arrows = core.SelectMany(file => file.Root.DescendantNodes().OfType<SimpleNameSyntax>()
                .Where(name => (name.Parent as MemberAccessExpressionSyntax)?.Name != name)
                .Where(name => homes.TryGetValue(name.Identifier.ValueText, out var home) && home != FolderOf(file.Path))
                .Select(name => (From: FolderOf(file.Path)!, To: homes[name.Identifier.ValueText])))
            .Distinct().ToList();

        arrows.Should().NotBeEmpty();
        WithoutLeaves(arrows).Should().BeEmpty(
            "what is left when folders that depend on no other are taken away again and again is a circle");
    }

    private static List<(string From, string To)> WithoutLeaves(List<(string From, string To)> arrows)
    {
        while (arrows.FindAll(arrow => arrows.Exists(next => next.From == arrow.To)) is var left && left.Count < arrows.Count)
        {
            arrows = left;
        }

        return arrows;
    }

    // What lies next to the folders are the options that all of them read, and the registration that puts them together.
    private static string? FolderOf(string path) =>
        Path.GetRelativePath(Repository.PathOf("src/OffloadedPolling.Core"), path)
            .Split(Path.DirectorySeparatorChar) is [not "..", var _, ..] parts && parts.Length > 1 ? parts[0] : null;

    private static IEnumerable<string> EveryFile() =>
        [.. Repository.FilesUnder("src", "*.cs"), .. Repository.FilesUnder("samples", "*.cs"), .. Repository.FilesUnder("tests", "*.cs")];

    private static IEnumerable<(string Path, T Node)> All<T>()
        where T : SyntaxNode => _files.SelectMany(file => file.Root.DescendantNodes().OfType<T>().Select(node => (file.Path, node)));

    private static CompilationUnitSyntax Parse(string path) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(path), new CSharpParseOptions(LanguageVersion.Preview)).GetCompilationUnitRoot();

    private static int Lines(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string Describe(string path, SyntaxNode node) =>
        $"{Path.GetFileName(path)}({node.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1})";
}
