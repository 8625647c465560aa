@echo off
rem Checks what must be there, builds the launcher (MSBuild sees by itself what has changed), and runs it: dev\Launcher does the work.
setlocal
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
set MSBUILDDISABLENODEREUSE=1
pushd "%~dp0"

where dotnet >nul 2>nul || (
  echo The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0 and start again.>&2
  popd & exit /b 1
)
dotnet --version >nul 2>nul || (
  echo The dotnet here has no .NET 10 SDK: install it from https://dotnet.microsoft.com/download/dotnet/10.0 and start again.>&2
  popd & exit /b 1
)

set needsnode=
for %%c in (demo dev test bench) do if /i "%~1"=="%%c" set needsnode=1
if not defined needsnode goto build
where node >nul 2>nul || (
  echo Node is missing: install Node 20.19, 22.13, 24 or newer from https://nodejs.org and start again.>&2
  popd & exit /b 1
)
node -e "const [major, minor] = process.versions.node.split('.').map(Number); process.exit(major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19) ? 0 : 1)" || (
  echo Node does not fit: install Node 20.19, 22.13, 24 or newer from https://nodejs.org and start again.>&2
  popd & exit /b 1
)

:build
if not exist dev\Launcher\bin\Release\net10.0\Launcher.dll echo Building the launcher ...>&2
dotnet build dev\Launcher\Launcher.csproj -c Release --nologo -v quiet -nodeReuse:false > "%TEMP%\lead-launcher-build.txt" 2>&1 || (
  type "%TEMP%\lead-launcher-build.txt" >&2
  echo The launcher does not build; the errors are above.>&2
  popd & exit /b 1
)

dotnet dev\Launcher\bin\Release\net10.0\Launcher.dll %*
set status=%errorlevel%
popd
exit /b %status%
